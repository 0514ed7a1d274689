/** A worker of our own kernels as the site has it, its memory counted. */
import { createKernelLane, type KernelLane } from '../../src/segment';
import { servePort } from '../../workers/wire/serve';
import { countMemories } from './count-memory.ts';

export interface CountedLane extends KernelLane {
  heapBytes(): Promise<number>;
}

const bytes = countMemories();

servePort<CountedLane>({ ...createKernelLane(), heapBytes: async () => bytes() });
