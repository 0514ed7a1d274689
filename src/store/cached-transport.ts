import type { Transport } from '../net';
import type { Cache } from './cache';
import { createCachedDocuments, type DocumentOptions, forgetDocument } from './cached-documents';
import { createCachedRanges, forgetFile } from './cached-ranges';

/**
 * A transport that asks the network only for what the cache does not have. Its counters are the network's: what comes
 * from the cache is no request and no bytes. Files of this computer (`file:`) pass by; a copy of them would gain nothing.
 */
export function cachedTransport(transport: Transport, cache: Cache, options: DocumentOptions = {}): Transport {
  const kept = { ...createCachedDocuments(transport, cache, options), ...createCachedRanges(transport, cache) };
  const of = (url: string): Pick<Transport, 'readAll' | 'readJson' | 'readRange'> =>
    url.startsWith('file:') ? transport : kept;
  return {
    readAll: (url, signal) => of(url).readAll(url, signal),
    readJson: (url, signal, posted) => of(url).readJson(url, signal, posted),
    readRange: (url, start, length, signal) => of(url).readRange(url, start, length, signal),
    async forget(url, signal) {
      await forgetFile(url, cache, signal);
      await forgetDocument(url, cache);
    },
    rank: (urls, rank) => transport.rank?.(urls, rank),
    traffic: () => transport.traffic(),
  };
}
