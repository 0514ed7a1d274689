import { createEncoderLane } from '../src/segment';
import { servePort } from './wire/serve';

servePort(createEncoderLane());
