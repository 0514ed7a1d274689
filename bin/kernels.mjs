// Begins a thread of the command line: TypeScript can be loaded once this has registered its loader here.
import { register } from 'tsx/esm/api';

register();
/** @type {typeof import('../cli/serve-kernels')} */
const { serveKernels } = await import(new URL('../cli/serve-kernels.ts', import.meta.url).href);
serveKernels();
