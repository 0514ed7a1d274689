import { createHttpTransport } from '../src/net';
import { createBackend, createSegmentPort } from '../src/segment';
import { cachedTransport, createContentStore, openBrowserCache } from '../src/store';
import { servePort } from './wire/serve';

const cache = openBrowserCache();

servePort(
  createSegmentPort({
    transport: cachedTransport(createHttpTransport(), cache),
    files: createContentStore(cache),
    createBackend: (model, signal) => createBackend('auto', model, signal),
  }),
);
