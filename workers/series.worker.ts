import { createHttpTransport } from '../src/net';
import { createSeriesPort } from '../src/series';
import { servePort } from './wire/serve';

servePort(createSeriesPort(createHttpTransport()));
