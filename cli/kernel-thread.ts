import { Worker } from 'node:worker_threads';
import type { KernelLane } from '../src/segment';
import { connectKernelLane } from '../workers/wire/lane';
import { threadEndpoint } from './thread-endpoint';

/** Threads that wait for their next lane: starting one takes most of a second, and a model is tried before it is run. */
const idle: Worker[] = [];

/** An instance of our own kernels in a thread of its own, which is used again once the lane has been disposed of. */
export function startKernelThread(): KernelLane {
  return connectKernelLane(() => {
    const thread = idle.pop() ?? startThread();
    thread.ref();
    return threadEndpoint(thread, () => {
      // A thread that waits does not keep the process from ending.
      thread.unref();
      idle.push(thread);
    });
  });
}

/** Plain JavaScript begins it: a thread has no loader yet. */
function startThread(): Worker {
  const thread = new Worker(new URL('../bin/kernels.mjs', import.meta.url));
  // Whoever has the thread hears of it; a failure while nobody has it is nobody's.
  thread.on('error', () => undefined);
  thread.once('exit', () => {
    const at = idle.indexOf(thread);
    if (at >= 0) idle.splice(at, 1);
  });
  return thread;
}
