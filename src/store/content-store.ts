import type { Bytes } from './blob-types';
import type { Cache } from './cache';

/** Files known by their SHA-256, whatever address they came from. */
export interface ContentStore {
  /** Null where nothing is kept. */
  get(sha256: string, signal: AbortSignal): Promise<Bytes | null>;
  /** To be called with bytes whose hash has been checked. */
  put(sha256: string, bytes: Bytes, signal: AbortSignal): Promise<void>;
}

/** Model files in a cache. A file that several models or addresses share is kept once. */
export function createContentStore(cache: Cache): ContentStore {
  const keyOf = (sha256: string): string => `content|${sha256}`;
  return {
    get: async (sha256, signal) => (await cache.get(keyOf(sha256), signal))?.bytes ?? null,
    put: (sha256, bytes, signal) => cache.put(keyOf(sha256), 'models', bytes, signal),
  };
}
