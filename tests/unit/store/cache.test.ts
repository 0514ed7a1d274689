import { describe, expect, it } from 'vitest';
import { isAbort, isCropError } from '../../../src/errors';
import { type BlobStore, type Cache, createCache } from '../../../src/store';
import { createMemoryBlobs } from '../../../src/store/memory-blobs';
import { bytesOf, createClock, forever, withCapacity } from './support';

const HOUR_MS = 3_600_000;

/** A disk in memory. */
function disk(): BlobStore {
  return { ...createMemoryBlobs(), persistent: true };
}

function cacheOver(store: BlobStore, budget: number, clock = createClock()): Cache {
  return createCache(store, { budget: async () => budget, now: clock.now });
}

async function has(cache: Cache, key: string): Promise<boolean> {
  return (await cache.get(key, forever)) !== null;
}

describe('a cache', () => {
  it('gives back what was put, before and after it is written, and not the array itself', async () => {
    const cache = cacheOver(disk(), 1e6);
    const bytes = bytesOf(10, 7);
    await cache.put('a', 'tiles', bytes, forever);
    bytes.fill(0);
    expect((await cache.get('a', forever))!.bytes).toEqual(bytesOf(10, 7));
    await cache.settled();
    const first = (await cache.get('a', forever))!;
    first.bytes.fill(9);
    expect((await cache.get('a', forever))!.bytes).toEqual(bytesOf(10, 7));
    expect(await cache.get('b', forever)).toBeNull();
  });

  it('keeps the last of two writes to one key', async () => {
    const cache = cacheOver(disk(), 1e6);
    await Promise.all([
      cache.put('a', 'tiles', bytesOf(4, 1), forever),
      cache.put('a', 'tiles', bytesOf(4, 2), forever),
    ]);
    await cache.settled();
    expect((await cache.get('a', forever))!.bytes).toEqual(bytesOf(4, 2));
  });

  it('tells sizes per kind as they lie on disk, and forgets by kind', async () => {
    const store = disk();
    const cache = cacheOver(store, 1e6);
    await cache.put('a', 'tiles', bytesOf(100), forever);
    await cache.put('b', 'tiles', bytesOf(50), forever);
    await cache.put('c', 'models', bytesOf(10), forever);
    const sizes = await cache.sizes();
    const onDisk = await store.list();
    expect(sizes.get('tiles')).toEqual({
      items: 2,
      bytes: onDisk.filter(({ kind }) => kind === 'tiles').reduce((sum, { bytes }) => sum + bytes, 0),
    });
    expect(sizes.get('tiles')!.bytes).toBeGreaterThan(150);
    await cache.clear(['tiles']);
    expect([...(await cache.sizes()).keys()]).toEqual(['models']);
    expect((await store.list()).map(({ key }) => key)).toEqual(['c']);
  });

  it('drops what was used longest ago when the budget is passed', async () => {
    const clock = createClock();
    const store = disk();
    const cache = cacheOver(store, 4000, clock);
    for (const key of ['a', 'b', 'c']) {
      await cache.put(key, 'tiles', bytesOf(1000), forever);
      await cache.settled();
      clock.pass(HOUR_MS);
    }
    await has(cache, 'a');
    clock.pass(HOUR_MS);
    await cache.put('d', 'tiles', bytesOf(1000), forever);
    await cache.settled();
    expect((await store.list()).map(({ key }) => key)).toEqual(['a', 'c', 'd']);
    expect((await store.list()).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(4000);
  });

  it('counts what another tab has written before it trusts its own sum', async () => {
    const clock = createClock();
    const store = disk();
    const [one, other] = [cacheOver(store, 20_000, clock), cacheOver(store, 20_000, clock)];
    for (let at = 0; at < 30; at++) {
      await Promise.all([
        one.put(`one-${at}`, 'tiles', bytesOf(1000), forever),
        other.put(`other-${at}`, 'tiles', bytesOf(1000), forever),
      ]);
      await Promise.all([one.settled(), other.settled()]);
      clock.pass(HOUR_MS);
    }
    const bytes = (await store.list()).reduce((sum, entry) => sum + entry.bytes, 0);
    expect(bytes).toBeLessThanOrEqual(20_000 * 1.15);
  });

  it('gives features a part of the budget, where they make way for each other and for nothing else', async () => {
    const clock = createClock();
    const store = disk();
    const cache = cacheOver(store, 9000, clock);
    await cache.put('tile', 'tiles', bytesOf(1000), forever);
    for (let at = 0; at < 8; at++) {
      clock.pass(HOUR_MS);
      await cache.put(`f${at}`, 'features', bytesOf(1000), forever);
      await cache.settled();
    }
    expect(await cache.limitOf('features')).toBe(3000);
    expect((await cache.sizes()).get('features')!.bytes).toBeLessThanOrEqual(3000);
    expect([await has(cache, 'tile'), await has(cache, 'f7'), await has(cache, 'f0')]).toEqual([true, true, false]);
  });

  it('takes no room from others for features when the disk is full', async () => {
    const store = withCapacity(disk(), 3000);
    const cache = cacheOver(store, 1e6);
    for (const key of ['a', 'b']) await cache.put(key, 'tiles', bytesOf(1000), forever);
    await cache.settled();
    await cache.put('f', 'features', bytesOf(1000), forever);
    await cache.settled();
    expect([await has(cache, 'a'), await has(cache, 'b'), await has(cache, 'f')]).toEqual([true, true, false]);
    expect([cache.notices(), await cache.persistent()]).toEqual([[], true]);
  });

  it('does not throw everything out for one record that is larger than the budget', async () => {
    const cache = cacheOver(disk(), 4000);
    await cache.put('small', 'tiles', bytesOf(100), forever);
    await cache.put('large', 'dates', bytesOf(5000), forever);
    await cache.settled();
    expect([await has(cache, 'small'), await has(cache, 'large')]).toEqual([true, false]);
    expect(cache.notices()).toEqual([]);
  });

  it('shrinks to a lowered budget, and gives back room that is asked for', async () => {
    let budget = 10_000;
    const store = disk();
    const cache = createCache(store, { budget: async () => budget });
    for (let at = 0; at < 6; at++) await cache.put(`k${at}`, 'tiles', bytesOf(1000), forever);
    budget = 3500;
    await cache.trim();
    expect(await store.list()).toHaveLength(3);
    await cache.makeRoom(1500);
    expect(await store.list()).toHaveLength(1);
  });

  it('deletes a damaged record and takes it for absent', async () => {
    const store = disk();
    const cache = cacheOver(store, 1e6);
    await cache.put('a', 'tiles', bytesOf(100), forever);
    await cache.settled();
    const record = (await store.get('a'))!;
    const [entry] = await store.list();
    await store.put(entry!, record.slice(0, 60), forever);
    expect(await cache.get('a', forever)).toBeNull();
    expect(await store.list()).toEqual([]);
  });

  it('lets half go when the disk is full, and goes on', async () => {
    const clock = createClock();
    const store = withCapacity(disk(), 5000);
    const cache = cacheOver(store, 1e6, clock);
    for (let at = 0; at < 6; at++) {
      await cache.put(`k${at}`, 'tiles', bytesOf(1000), forever);
      await cache.settled();
      clock.pass(HOUR_MS);
    }
    expect(await has(cache, 'k5')).toBe(true);
    expect(await has(cache, 'k0')).toBe(false);
    expect(cache.notices()).toEqual([]);
    expect(await cache.persistent()).toBe(true);
  });

  it('goes over to memory with a notice when there is no room at all', async () => {
    const cache = cacheOver(withCapacity(disk(), 0), 1e6);
    await cache.put('a', 'dates', bytesOf(100, 3), forever);
    await cache.put('b', 'dates', bytesOf(100, 4), forever);
    await cache.settled();
    expect((await cache.get('a', forever))!.bytes).toEqual(bytesOf(100, 3));
    expect((await cache.get('b', forever))!.bytes).toEqual(bytesOf(100, 4));
    expect(cache.notices().map(({ code }) => code)).toEqual(['store/no-room']);
    expect(await cache.persistent()).toBe(false);
    expect((await cache.sizes()).get('dates')).toMatchObject({ items: 2 });
  });

  it('takes a failing disk for an empty one and says why', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('I/O error');
    };
    const cache = cacheOver(
      { persistent: true, get: broken, put: broken, touch: broken, delete: broken, list: broken },
      1e6,
    );
    expect(await cache.get('a', forever)).toBeNull();
    expect(await cache.list('', forever)).toEqual([]);
    await cache.put('a', 'tiles', bytesOf(10), forever);
    await cache.settled();
    expect(await has(cache, 'a')).toBe(true);
    const [notice, ...others] = cache.notices();
    expect(isCropError(notice, 'store/cache-failed') && notice.message).toContain('I/O error');
    expect(others).toEqual([]);
  });

  it('writes what it has taken even if the run is cancelled then, and takes nothing after', async () => {
    const stop = new AbortController();
    const store = disk();
    const slow: BlobStore = {
      ...store,
      async put(entry, record, signal) {
        stop.abort();
        await store.put(entry, record, signal);
      },
    };
    const cache = cacheOver(slow, 1e6);
    await cache.put('a', 'tiles', bytesOf(10), stop.signal);
    await cache.settled();
    expect(await has(cache, 'a')).toBe(true);
    expect(stop.signal.aborted).toBe(true);
    await expect(cache.put('b', 'tiles', bytesOf(10), stop.signal)).rejects.toSatisfy(isAbort);
    await expect(cache.get('b', stop.signal)).rejects.toSatisfy(isAbort);
    expect((await store.list()).map(({ key }) => key)).toEqual(['a']);
  });

  it('makes the bringer wait while too much is still being written', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const store = disk();
    const cache = cacheOver({ ...store, put: async (...args) => gate.then(() => store.put(...args)) }, 1e9);
    await cache.put('a', 'dates', bytesOf(60e6), forever);
    let through = false;
    const second = cache.put('b', 'dates', bytesOf(60e6), forever).then(() => (through = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(through).toBe(false);
    open();
    await second;
    await cache.settled();
    expect(await store.list()).toHaveLength(2);
  });
});
