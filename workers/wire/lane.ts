import type { EncoderLane } from '../../src/segment';
import { createRemotePort } from './remote';

/** An encoder in a worker of its own; it may be started from a worker. */
export function connectEncoderWorker(): EncoderLane {
  return createRemotePort<EncoderLane>({
    name: 'encoder',
    methods: { open: true, encode: true },
    start: () => new Worker(new URL('../encoder.worker.ts', import.meta.url), { type: 'module' }),
  });
}
