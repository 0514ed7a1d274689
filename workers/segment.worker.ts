import { createHttpTransport } from '../src/net';
import { createBackend, createSegmentPort } from '../src/segment';
import { servePort } from './wire/serve';

servePort(
  createSegmentPort({
    transport: createHttpTransport(),
    createBackend: (model, signal) => createBackend('auto', model, signal),
  }),
);
