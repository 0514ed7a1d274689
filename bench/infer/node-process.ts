/** The process in which Node runs patches: one order from the parent, one answer. */
import { createFileTransport } from '../../cli/file-transport';
import { nodeCandidates } from '../../cli/node-backend';
import { runPatch } from './run-patch.ts';
import type { PatchTask } from './wire.ts';

process.once('message', (task: PatchTask) => {
  const candidates = nodeCandidates({ threads: task.processors });
  // Native memory is not a heap of WebAssembly: what the process holds at most is told instead.
  const resident = async (): Promise<number> => process.resourceUsage().maxRSS * 1024;
  runPatch(task, candidates, resident, createFileTransport()).then(
    (times) => process.send?.(times, () => process.exit()),
    (error: unknown) => {
      throw error;
    },
  );
});
