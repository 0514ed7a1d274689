/** The worker of the page that measures in Chromium. */
import type { ReadTask } from '../wire.ts';
import { runTask } from './run-task.ts';

self.addEventListener('message', ({ data }: MessageEvent<ReadTask>) => {
  runTask(data).then(
    (times) => self.postMessage(times),
    (error: unknown) => self.postMessage(String(error)),
  );
});
