import { Worker } from 'node:worker_threads';
import type { KernelLane } from '../src/segment';
import { connectKernelWorker } from '../workers/wire/lane';
import type { WorkerLike } from '../workers/wire/remote';

/**
 * An instance of our own kernels in a worker thread, which starts with the first call and ends with `dispose`.
 * @param script as `kernelBundle` makes it
 */
export function connectKernelThread(script: string): KernelLane {
  return connectKernelWorker(() => startThread(script));
}

/** A worker thread with the events and methods of a browser's worker. */
function startThread(script: string): WorkerLike {
  // Flags of this process, such as a module loader, are not for the thread.
  const worker = new Worker(script, { eval: true, execArgv: [] });
  const events = new EventTarget();
  const fail = (message: string): boolean => events.dispatchEvent(Object.assign(new Event('error'), { message }));
  worker.on('message', (data: unknown) => events.dispatchEvent(new MessageEvent('message', { data })));
  worker.on('messageerror', () => events.dispatchEvent(new Event('messageerror')));
  worker.on('error', (error) => fail(error.message));
  // After `terminate` nobody waits for the thread any more.
  worker.on('exit', (code) => fail(`its thread ended with ${code}`));
  return {
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
    postMessage: (message: unknown, transfer: Transferable[] = []) => worker.postMessage(message, transfer as never[]),
    terminate: () => void worker.terminate(),
  };
}
