/** A process that does nothing but read, so that its processor time is the reader's. */
import { rangeFetch } from '../../cli/range-fetch.ts';
import type { ReadTask } from '../wire.ts';
import { runTask } from './run-task.ts';

process.on('message', (task: ReadTask) => void answer(task));
process.on('disconnect', () => process.exit());

async function answer(task: ReadTask): Promise<void> {
  const before = process.cpuUsage();
  const times = await runTask(task, { fetch: rangeFetch });
  const { user, system } = process.cpuUsage(before);
  process.send?.({ ...times, cpuMs: (user + system) / 1000 });
}
