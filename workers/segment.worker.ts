import { createHttpTransport } from '../src/net';
import { browserCandidates, createFeatureStore, createSegmentPort } from '../src/segment';
import { cachedTransport, createContentStore, openBrowserCache } from '../src/store';
import { connectKernelWorker } from './wire/lane';
import { servePort } from './wire/serve';

const cache = openBrowserCache();

servePort(
  createSegmentPort({
    transport: cachedTransport(createHttpTransport(), cache),
    files: createContentStore(cache),
    features: createFeatureStore(cache),
    candidates: browserCandidates(connectKernelWorker),
  }),
);
