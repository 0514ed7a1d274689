import { parentPort } from 'node:worker_threads';
import { createKernelLane } from '../src/segment';
import { servePort } from '../workers/wire/serve';
import { threadEndpoint } from './thread-endpoint';

/** Answers the thread that started this one. */
export function serveKernels(): void {
  if (parentPort !== null) servePort(createKernelLane(), threadEndpoint(parentPort));
}
