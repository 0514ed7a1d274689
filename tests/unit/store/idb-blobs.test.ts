import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAbort, isCropError } from '../../../src/errors';
import { type BlobEntry, createCache, openBrowserCache } from '../../../src/store';
import { openIdbBlobs } from '../../../src/store/idb-blobs';
import { bytesOf, forever } from './support';

const entryOf = (key: string, bytes: number, lastUse = 1): BlobEntry => ({ key, kind: 'tiles', bytes, lastUse });
const freshName = (): string => `blobs-${crypto.randomUUID()}`;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('records in IndexedDB', () => {
  it('survive closing and are seen by a second tab at once', async () => {
    const name = freshName();
    const [one, other] = [await openIdbBlobs(name), await openIdbBlobs(name)];
    await one.put(entryOf('a', 3), bytesOf(3, 5), forever);
    expect(await other.get('a')).toEqual(bytesOf(3, 5));
    await other.delete(['a']);
    expect(await one.get('a')).toBeNull();
  });

  it('are whole whoever of two tabs writes last', async () => {
    const name = freshName();
    const tabs = [await openIdbBlobs(name), await openIdbBlobs(name)];
    await Promise.all(
      tabs.flatMap((tab, which) =>
        Array.from({ length: 20 }, (_, at) =>
          tab.put(entryOf(`k${at}`, 100 + which), bytesOf(100 + which, which), new AbortController().signal),
        ),
      ),
    );
    for (const { key, bytes } of await tabs[0]!.list()) {
      const record = (await tabs[1]!.get(key))!;
      expect(record).toHaveLength(bytes);
      expect(record).toEqual(bytesOf(bytes, bytes - 100));
    }
  });

  it('are listed by the beginning of their keys, in order', async () => {
    const store = await openIdbBlobs(freshName());
    for (const key of ['range|b|2', 'range|a|1', 'range|b|1', 'date|x'])
      await store.put(entryOf(key, 1), bytesOf(1), forever);
    expect((await store.list('range|b|')).map(({ key }) => key)).toEqual(['range|b|1', 'range|b|2']);
    expect(await store.list()).toHaveLength(4);
  });

  it('leave no trace of a write that was aborted in the middle', async () => {
    const store = await openIdbBlobs(freshName());
    await store.put(entryOf('a', 3), bytesOf(3, 1), forever);
    const stop = new AbortController();
    const writing = store.put(entryOf('a', 4), bytesOf(4, 2), stop.signal);
    stop.abort();
    await expect(writing).rejects.toSatisfy(isAbort);
    expect(await store.get('a')).toEqual(bytesOf(3, 1));
    expect(await store.list()).toEqual([entryOf('a', 3)]);
  });

  it('without an entry, and entries without a record, are gone after the next opening', async () => {
    const name = freshName();
    await (await openIdbBlobs(name)).put(entryOf('whole', 3), bytesOf(3), forever);
    const raw = await openDB(name, 1);
    await raw.put('blobs', bytesOf(9), 'orphan');
    await raw.put('entries', entryOf('lost', 9));
    raw.close();
    const store = await openIdbBlobs(name);
    expect((await store.list()).map(({ key }) => key)).toEqual(['whole']);
    expect(await store.get('orphan')).toBeNull();
    expect(await store.get('whole')).toEqual(bytesOf(3));
  });

  it('say when there is no room, and keep what was there', async () => {
    const store = await openIdbBlobs(freshName());
    await store.put(entryOf('a', 3), bytesOf(3, 1), forever);
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key) {
      if (this.name === 'blobs') throw new DOMException('full', 'QuotaExceededError');
      return put.call(this, value, key);
    });
    const refused = store.put(entryOf('b', 3), bytesOf(3, 2), forever);
    await expect(refused).rejects.toSatisfy((error) => isCropError(error, 'store/no-room'));
    expect((await store.list()).map(({ key }) => key)).toEqual(['a']);
  });

  it('remember uses across tabs, so that the right one is dropped', async () => {
    const name = freshName();
    const [one, other] = [await openIdbBlobs(name), await openIdbBlobs(name)];
    await one.put(entryOf('a', 3, 1), bytesOf(3), forever);
    await other.touch('a', 77);
    await other.touch('gone', 78);
    expect(await one.list()).toEqual([entryOf('a', 3, 77)]);
  });

  it('cut short by a crash of the machine are dropped by the cache above', async () => {
    const name = freshName();
    const store = await openIdbBlobs(name);
    const cache = createCache(store, { budget: async () => 1e6 });
    await cache.put('a', 'dates', bytesOf(1000), forever);
    await cache.settled();
    const raw = await openDB(name, 1);
    await raw.put('blobs', (await store.get('a'))!.slice(0, 500), 'a');
    raw.close();
    expect(await cache.get('a', forever)).toBeNull();
    expect(await store.list()).toEqual([]);
  });
});

describe('the cache of a browser', () => {
  it('is shared by all who open it', async () => {
    const [worker, page] = [openBrowserCache(), openBrowserCache()];
    await worker.put('a', 'models', bytesOf(10, 4), forever);
    await worker.settled();
    expect((await page.get('a', forever))!.bytes).toEqual(bytesOf(10, 4));
    expect(await page.persistent()).toBe(true);
    await page.clear(['models']);
    expect(await worker.get('a', forever)).toBeNull();
  });

  it('lives in memory where the browser keeps nothing', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const cache = openBrowserCache();
    await cache.put('a', 'models', bytesOf(10, 4), forever);
    expect((await cache.get('a', forever))!.bytes).toEqual(bytesOf(10, 4));
    expect(await cache.persistent()).toBe(false);
    expect(cache.notices()).toEqual([]);
  });
});
