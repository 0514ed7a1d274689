import type { ReadTask, ReadTimes } from '../wire.ts';
import { readGeotiff } from './geotiff.ts';
import { readOurs } from './ours.ts';

/** Does the task and measures how long it took. */
export async function runTask(task: ReadTask): Promise<ReadTimes> {
  const start = performance.now();
  await (task.reader === 'ours' ? readOurs(task) : readGeotiff(task));
  return { wallMs: performance.now() - start };
}
