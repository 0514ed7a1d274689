import { CropError } from '../errors';
import type { BlobStore } from './blob-types';

/** A browser whose storage is silent for this long is not waited for, milliseconds: a date of 25 MB takes a second. */
export const SILENCE_MS = 60_000;

const MS_PER_SECOND = 1000;

/**
 * A place for records that never makes anybody wait for good: a call without an answer rejects after `silenceMs`, and
 * every later one at once.
 * @throws CropError `store/cache-failed` from all methods
 */
export function limitedBlobs(store: BlobStore, silenceMs = SILENCE_MS): BlobStore {
  let silent: CropError | null = null;

  async function limited<T>(call: () => Promise<T>): Promise<T> {
    if (silent !== null) throw silent;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        silent ??= new CropError('store/cache-failed', {
          reason: `the browser's storage has not answered for ${silenceMs / MS_PER_SECOND} seconds`,
        });
        reject(silent);
      }, silenceMs);
    });
    try {
      return await Promise.race([call(), silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    persistent: store.persistent,
    get: (key) => limited(() => store.get(key)),
    put: (entry, record, signal) => limited(() => store.put(entry, record, signal)),
    touch: (key, lastUse) => limited(() => store.touch(key, lastUse)),
    delete: (keys) => limited(() => store.delete(keys)),
    list: (prefix) => limited(() => store.list(prefix)),
  };
}
