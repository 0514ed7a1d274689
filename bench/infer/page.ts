/** The page of the benchmark: a worker per order, ended with it, so that memory starts anew. */
import * as Comlink from 'comlink';
import type { PatchHost } from './page-worker.ts';
import type { PatchTask, PatchTimes } from './wire.ts';

declare global {
  var runPatchInWorker: (task: PatchTask) => Promise<PatchTimes>;
}

globalThis.runPatchInWorker = async (task) => {
  const worker = new Worker(new URL('./page-worker.ts', import.meta.url), { type: 'module' });
  try {
    return await Comlink.wrap<PatchHost>(worker).run(task);
  } finally {
    worker.terminate();
  }
};
