import type { KernelLane } from '../../src/segment';
import { createRemotePort, type WorkerLike } from './remote';

/** An instance of our own kernels in whatever `start` starts. */
export function connectKernelLane(start: () => WorkerLike): KernelLane {
  return createRemotePort<KernelLane>({
    name: 'kernels',
    methods: { open: true, encode: true, attend: true, aggregate: true, run: true },
    start,
  });
}

/** An instance of our own kernels in a worker of its own; it may be started from a worker. */
export function connectKernelWorker(): KernelLane {
  return connectKernelLane(() => new Worker(new URL('../kernels.worker.ts', import.meta.url), { type: 'module' }));
}
