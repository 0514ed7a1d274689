import { fileURLToPath } from 'node:url';
import { CropError } from '../src/errors';

const ENTRY = fileURLToPath(new URL('./serve-kernels.ts', import.meta.url));

let pending: Promise<string> | null = null;

/**
 * The script of a kernel thread, made once. A thread that loads the sources one by one needs module hooks, which take
 * a second and a thread of their own each; one script starts in a tenth of that.
 * Rejects with `segment/runtime-missing`; the next call tries again.
 */
export function kernelBundle(): Promise<string> {
  pending ??= bundle().catch((cause: unknown) => {
    pending = null;
    throw new CropError('segment/runtime-missing', { backend: 'our kernels' }, cause);
  });
  return pending;
}

async function bundle(): Promise<string> {
  const { build } = await import('esbuild');
  const made = await build({
    ...{ entryPoints: [ENTRY], bundle: true, write: false, logLevel: 'silent' },
    ...{ platform: 'node', format: 'cjs', target: 'node20' },
    // Lanes never load the runtime, which lies behind the same door.
    external: ['onnxruntime-web'],
  });
  return made.outputFiles[0]!.text;
}
