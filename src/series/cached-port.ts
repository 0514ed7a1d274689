import type { Transport } from '../net';
import { type Cache, cachedTransport, type OpenScratch } from '../store';
import { createDateCache } from './date-cache';
import { createSeriesPort } from './port';
import type { SeriesPort } from './types';

export interface CachedSeriesParts {
  /** Asked for what the cache does not have. */
  readonly transport: Transport;
  readonly cache: Cache;
  readonly openScratch?: OpenScratch;
}

/** A series port that keeps all that it reads: answers of catalogues, headers, tiles and finished dates. */
export function createCachedSeriesPort({ transport, cache, ...options }: CachedSeriesParts): SeriesPort {
  const port = createSeriesPort(cachedTransport(transport, cache), { ...options, dates: createDateCache(cache) });
  return {
    ...port,
    async build(request, signal, onDate) {
      const summary = await port.build(request, signal, onDate);
      // The worker may be ended as soon as the map is made; what is still being written would be lost with it.
      await cache.settled();
      const troubles = cache.notices().map(({ message, nextStep }) => `${message} ${nextStep}`);
      return { ...summary, notices: [...summary.notices, ...troubles] };
    },
  };
}
