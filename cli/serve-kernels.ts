import { parentPort } from 'node:worker_threads';
import { createKernelLane } from '../src/segment';
import { servePort } from '../workers/wire/serve';

// The port is the endpoint that comlink expects, but Node's types know only its events' Node form.
servePort(createKernelLane(), parentPort as never);
