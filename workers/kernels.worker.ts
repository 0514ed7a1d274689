import { createKernelLane } from '../src/segment';
import { servePort } from './wire/serve';

servePort(createKernelLane());
