import { createHttpTransport } from '../src/net';
import { BROWSER_CANDIDATES, createSegmentPort } from '../src/segment';
import { cachedTransport, createContentStore, openBrowserCache } from '../src/store';
import { servePort } from './wire/serve';

const cache = openBrowserCache();

servePort(
  createSegmentPort({
    transport: cachedTransport(createHttpTransport(), cache),
    files: createContentStore(cache),
    candidates: BROWSER_CANDIDATES,
  }),
);
