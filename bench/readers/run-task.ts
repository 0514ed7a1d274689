import type { HttpOptions } from '../../src/net';
import type { ReadTask, ReadTimes } from '../wire.ts';
import { readGeotiff } from './geotiff.ts';
import { readOurs } from './ours.ts';

/** Does the task and measures how long it took. */
export async function runTask(task: ReadTask, options: HttpOptions = {}): Promise<ReadTimes> {
  const start = performance.now();
  await (task.reader === 'ours' ? readOurs(task, options) : readGeotiff(task));
  return { wallMs: performance.now() - start };
}
