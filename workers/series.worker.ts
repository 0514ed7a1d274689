import { signedTransport } from '../src/catalog';
import { createHttpTransport } from '../src/net';
import { createCachedSeriesPort } from '../src/series';
import { openBrowserCache, openOpfsScratch } from '../src/store';
import { servePort } from './wire/serve';

servePort(
  createCachedSeriesPort({
    transport: signedTransport(createHttpTransport()),
    cache: openBrowserCache(),
    openScratch: openOpfsScratch,
  }),
);
