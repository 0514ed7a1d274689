import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isCropError } from '../../../src/errors';
import { type CropMap, openArchive, openCaches } from '../../../src/job';
import { pixelHistory } from '../../../src/series';
import { openBrowserCache, openShelf } from '../../../src/store';

const forever = new AbortController().signal;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** As much of a map as an archive looks at. */
function aMap(): CropMap {
  const bytes = new Uint8Array(100);
  const request = { title: 'Cell 1', season: 2019 };
  const seconds = { search: 2, model: 3, read: 10, segment: 20, finish: 1 };
  const report = { request, created: '2026-01-01T00:00:00Z', seconds };
  return {
    labels: bytes,
    probabilities: bytes,
    history: { pixels: new Blob([bytes, bytes]) },
    report,
  } as unknown as CropMap;
}

async function keep(key: string, bytes: number): Promise<void> {
  const cache = openBrowserCache();
  await cache.put(key, 'tiles', new Uint8Array(bytes), forever);
  await cache.settled();
}

describe('a finished map', () => {
  it('comes back with the season of each pixel, and is counted with it', async () => {
    const archive = await openArchive();
    const pixels = new Blob([Uint8Array.of(160, 110, 4, 9, 255, 100, 0, 5)]);
    const map = { ...aMap(), labels: new Uint8Array(2), history: { dates: ['2019-04-05', '2019-04-10'], pixels } };
    const id = await archive.saveMap(map);
    expect((await archive.listMaps())[0]!.bytes).toBe(2 + 100 + 8);
    const { history } = await archive.loadMap(id);
    expect(await pixelHistory(history!, 1)).toEqual({ dates: map.history.dates, ndvi: [null, 0], scl: [0, 5] });
  });

  it('of an older version, which kept arrays and knew of no missing dates, is read as well', async () => {
    const archive = await openArchive();
    const history = {
      dates: ['2019-04-05', '2019-04-10'],
      ndvi: Uint8Array.of(160, 255, 110, 100),
      scl: Uint8Array.of(4, 0, 9, 5),
    };
    const old = { ...aMap(), labels: new Uint8Array(2), history } as unknown as CropMap;
    const shelf = await openShelf<CropMap>('crop2seg-maps');
    const id = await shelf.save(old, { title: 'Old', season: 2019, created: '2026-11-22T00:00:00Z', bytes: 1 });
    const map = await archive.loadMap(id);
    expect(map.report.unreadDates).toEqual([]);
    // It told no wall time: search and model ran side by side.
    expect(map.report.wallSeconds).toBe(34);
    expect(await pixelHistory(map.history!, 0)).toEqual({ dates: history.dates, ndvi: [0.6, 0.1], scl: [4, 9] });
    expect(await pixelHistory(map.history!, 1)).toEqual({ dates: history.dates, ndvi: [null, 0], scl: [0, 5] });
  });
});

describe('what is kept on a device', () => {
  it('is listed by kind, finished maps too, and deleted by kind', async () => {
    await keep('a', 1000);
    await (await openArchive()).saveMap(aMap());
    const caches = openCaches();
    const sizes = async () => Object.fromEntries((await caches.listCaches()).map(({ kind, items }) => [kind, items]));
    expect(await sizes()).toEqual({ features: 0, searches: 0, headers: 0, tiles: 1, dates: 0, models: 0, maps: 1 });
    const maps = (await caches.listCaches()).find(({ kind }) => kind === 'maps');
    expect(maps).toEqual({ kind: 'maps', title: 'Finished maps', items: 1, bytes: 400 });
    await caches.clearCaches(['tiles']);
    expect(await sizes()).toMatchObject({ tiles: 0, maps: 1 });
    await caches.clearCaches(['maps']);
    expect(await sizes()).toMatchObject({ maps: 0 });
  });

  it('stays within the budget that was set, which others see, and within what the browser grants', async () => {
    vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota: 3e8, usage: 5 }) } });
    for (let at = 0; at < 3; at++) await keep(`k${at}`, 60e6);
    const caches = openCaches();
    await caches.setBudget(1);
    expect(await openCaches().budget()).toEqual({
      asked: 1e8,
      counted: 1e8,
      least: 1e8,
      quota: { granted: 3e8, used: 5 },
    });
    const left = (await caches.listCaches()).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(1e8);
    await caches.setBudget(9e9);
    expect(await caches.budget()).toMatchObject({ asked: 9e9, counted: 1.5e8 });
  });

  it('makes way for a finished map when there is no room for both', async () => {
    await keep('a', 5000);
    const put = IDBObjectStore.prototype.put;
    let refusals = 1;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key) {
      if (this.name === 'items' && refusals-- > 0) throw new DOMException('full', 'QuotaExceededError');
      return put.call(this, value, key);
    });
    const archive = await openArchive();
    await archive.saveMap(aMap());
    expect(await archive.listMaps()).toHaveLength(1);
    expect((await openBrowserCache().sizes()).get('tiles')).toBeUndefined();
    refusals = 2;
    await expect(archive.saveMap(aMap())).rejects.toSatisfy((error) => isCropError(error, 'store/not-saved'));
    expect(await archive.listMaps()).toHaveLength(1);
  });

  it('is protected by asking the browser once, and not again after a refusal', async () => {
    const persist = vi.fn(async () => false);
    vi.stubGlobal('navigator', { storage: { persisted: async () => false, persist } });
    expect([await openCaches().protect(), await openCaches().protect()]).toEqual([false, false]);
    expect(persist).toHaveBeenCalledTimes(1);
    vi.stubGlobal('navigator', { storage: { persisted: async () => true, persist } });
    expect(await openCaches().protect()).toBe(true);
    expect(persist).toHaveBeenCalledTimes(1);
  });
});
