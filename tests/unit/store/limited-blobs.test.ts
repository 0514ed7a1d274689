import { describe, expect, it } from 'vitest';
import { isCropError } from '../../../src/errors';
import { type BlobStore, createCache } from '../../../src/store';
import { limitedBlobs } from '../../../src/store/limited-blobs';
import { createMemoryBlobs } from '../../../src/store/memory-blobs';
import { bytesOf, forever } from './support';

const SILENCE_MS = 50;

/** Storage that stops answering when told to. */
function storage(): { store: BlobStore; fallSilent: () => void; calls: () => number } {
  const inner = createMemoryBlobs();
  let silent = false;
  let calls = 0;
  const answer = <T>(result: Promise<T>): Promise<T> => {
    calls++;
    return silent ? new Promise(() => undefined) : result;
  };
  const store: BlobStore = {
    persistent: true,
    get: (key) => answer(inner.get(key)),
    put: (...args) => answer(inner.put(...args)),
    touch: (...args) => answer(inner.touch(...args)),
    delete: (keys) => answer(inner.delete(keys)),
    list: (prefix) => answer(inner.list(prefix)),
  };
  return { store, fallSilent: () => (silent = true), calls: () => calls };
}

describe('storage that stops answering', () => {
  it('rejects once after a while, then at once and without being asked again', async () => {
    const { store, fallSilent, calls } = storage();
    const limited = limitedBlobs(store, SILENCE_MS);
    expect(await limited.get('a')).toBeNull();
    fallSilent();
    await expect(limited.get('a')).rejects.toSatisfy((error) => isCropError(error, 'store/cache-failed'));
    const asked = calls();
    await expect(limited.list()).rejects.toThrow('has not answered');
    expect(calls()).toBe(asked);
  });

  it('ends no run: what is put stays in memory, reading goes on, and people are told once', async () => {
    const { store, fallSilent } = storage();
    const cache = createCache(limitedBlobs(store, SILENCE_MS), { budget: async () => 1e9 });
    await cache.put('before', 'tiles', bytesOf(3, 1), forever);
    await cache.settled();
    fallSilent();
    await cache.put('after', 'dates', bytesOf(4, 2), forever);
    await cache.settled();
    expect((await cache.get('after', forever))?.bytes).toEqual(bytesOf(4, 2));
    expect(await cache.get('before', forever)).toBeNull();
    expect(cache.notices().map(({ code }) => code)).toEqual(['store/cache-failed']);
    expect(cache.notices()[0]!.nextStep).toContain('The run goes on');
  });
});
