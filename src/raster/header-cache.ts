import { untilAborted } from '../net';
import { HEADER_CACHE_ENTRIES } from './limits';
import type { RasterHeader } from './header';

/**
 * Remembers headers by URL. Whoever makes one owns it and uses it with one transport; it is freed with its owner.
 * Callers that ask for the same URL at the same time share one load; the load is cancelled when all of them have
 * gone, and forgotten when it fails, so that the next call tries again.
 */
export interface HeaderCache {
  load(url: string, read: (signal: AbortSignal) => Promise<RasterHeader>, signal: AbortSignal): Promise<RasterHeader>;
}

interface Entry {
  readonly header: Promise<RasterHeader>;
  readonly stop: AbortController;
  waiting: number;
  settled: boolean;
}

/** An empty cache that keeps the `capacity` headers used last. */
export function createHeaderCache(capacity = HEADER_CACHE_ENTRIES): HeaderCache {
  // A Map keeps the order of insertion: the first key is the one used longest ago.
  const entries = new Map<string, Entry>();

  function begin(url: string, read: (signal: AbortSignal) => Promise<RasterHeader>): Entry {
    const stop = new AbortController();
    const entry: Entry = { header: read(stop.signal), stop, waiting: 0, settled: false };
    const forget = () => {
      if (entries.get(url) === entry) entries.delete(url);
    };
    entry.header.then(() => {
      entry.settled = true;
    }, forget);
    stop.signal.addEventListener('abort', forget);
    return entry;
  }

  return {
    async load(url, read, signal) {
      signal.throwIfAborted();
      const entry = entries.get(url) ?? begin(url, read);
      entries.delete(url);
      entries.set(url, entry);
      const oldest = entries.keys().next();
      if (entries.size > capacity && !oldest.done) entries.delete(oldest.value);
      entry.waiting += 1;
      try {
        return await untilAborted(entry.header, signal);
      } finally {
        entry.waiting -= 1;
        if (entry.waiting === 0 && !entry.settled) entry.stop.abort(signal.reason);
      }
    },
  };
}
