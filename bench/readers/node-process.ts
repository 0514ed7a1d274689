/** A process that does nothing but read, so that its processor time is the reader's. */
import { collectAtOnce } from '../../cli/collect-at-once.ts';
import { rangeFetch } from '../../cli/range-fetch.ts';
import type { ReadTask } from '../wire.ts';
import { runTask } from './run-task.ts';

process.on('message', (task: ReadTask) => void answer(task));
process.on('disconnect', () => process.exit());

async function answer(task: ReadTask): Promise<void> {
  // As our command line does; the others are read as their own documentation says.
  if (task.reader === 'ours') collectAtOnce();
  const before = process.cpuUsage();
  const times = await runTask(task, { fetch: rangeFetch });
  const { user, system } = process.cpuUsage(before);
  process.send?.({ ...times, cpuMs: (user + system) / 1000 });
}
