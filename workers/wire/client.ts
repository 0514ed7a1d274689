import { isCropError } from '../../src/errors';
import type { SegmentPort } from '../../src/segment';
import type { SeriesPort } from '../../src/series';
import { createRemotePort } from './remote';

/** Search and series in a worker. URLs must be absolute: a worker's relative ones start at its own script. */
export function connectSeriesWorker(start: () => Worker = startSeriesWorker): SeriesPort {
  return createRemotePort<SeriesPort>({
    name: 'series',
    methods: {
      ...{ search: true, build: true, tile: true, dateTile: true },
      ...{ coverage: true, objects: true, histories: true, traffic: true },
    },
    start,
  });
}

function startSeriesWorker(): Worker {
  return new Worker(new URL('../series.worker.ts', import.meta.url), { type: 'module' });
}

/** A network in a worker. The model's URL must be absolute: a worker's relative ones start at its own script. */
export function connectSegmentWorker(): SegmentPort {
  return createRemotePort<SegmentPort>({
    name: 'segment',
    methods: {
      ...{ load: true, run: true, encode: true, decode: true, recall: true },
      ...{ encodings: true, forget: true, traffic: true },
    },
    start: () => new Worker(new URL('../segment.worker.ts', import.meta.url), { type: 'module' }),
    isFatal: spoilsRuntime,
  });
}

/** A WASM runtime that failed once stays failed, and its memory never shrinks: only a new worker helps. */
function spoilsRuntime(error: unknown): boolean {
  return (
    isCropError(error, 'segment/out-of-memory') ||
    isCropError(error, 'segment/runtime-failed') ||
    isCropError(error, 'segment/device-lost') ||
    isCropError(error, 'segment/runtime-missing')
  );
}
