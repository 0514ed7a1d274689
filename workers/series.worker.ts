import { signedTransport } from '../src/catalog';
import { createHttpTransport } from '../src/net';
import { createSeriesPort } from '../src/series';
import { openOpfsScratch } from '../src/store';
import { servePort } from './wire/serve';

servePort(createSeriesPort(signedTransport(createHttpTransport()), { openScratch: openOpfsScratch }));
