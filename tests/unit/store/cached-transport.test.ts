import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CropError, isCropError } from '../../../src/errors';
import type { Transport } from '../../../src/net';
import { type Cache, cachedTransport, createCache, createContentStore } from '../../../src/store';
import { createMemoryBlobs } from '../../../src/store/memory-blobs';
import { memoryTransport } from '../../support/memory-transport';
import { PROPERTY_RUNS } from '../../support/property-runs';
import { createClock, forever } from './support';

const FILE = 'https://cogs.test/a/B02.tif';
const SEARCH = 'https://stac.test/search?bbox=1,2,3,4&limit=100';
const CONTENT = Uint8Array.from({ length: 5000 }, (_, at) => (at * 7) & 255);
const ANSWER = { type: 'FeatureCollection', features: [{ id: 'x' }], links: [] };
const DAY_MS = 86_400_000;

function emptyCache(now?: () => number): Cache {
  return createCache(createMemoryBlobs(), { budget: async () => 1e9, ...(now ? { now } : {}) });
}

/** A transport whose line can be cut. */
function cuttable(inner: Transport): { transport: Transport; cut: (error: CropError | null) => void } {
  let failure: CropError | null = null;
  const through = <T>(read: () => Promise<T>): Promise<T> => (failure === null ? read() : Promise.reject(failure));
  const transport: Transport = {
    readJson: (...args) => through(() => inner.readJson(...args)),
    readAll: (...args) => through(() => inner.readAll(...args)),
    readRange: (...args) => through(() => inner.readRange(...args)),
    traffic: () => inner.traffic(),
  };
  return { transport, cut: (error) => void (failure = error) };
}

const OFFLINE = new CropError('net/unreachable', { host: 'stac.test' });

describe('ranges through a cache', () => {
  it('are fetched once, and only where they are missing', async () => {
    const inner = memoryTransport(new Map([[FILE, CONTENT]]));
    const transport = cachedTransport(inner, emptyCache());
    const read = (start: number, length: number): Promise<Uint8Array> =>
      transport.readRange(FILE, start, length, forever);
    expect(await read(1000, 500)).toEqual(CONTENT.slice(1000, 1500));
    expect(await read(1000, 500)).toEqual(CONTENT.slice(1000, 1500));
    expect(await read(1100, 100)).toEqual(CONTENT.slice(1100, 1200));
    expect(inner.log).toHaveLength(1);
    expect(await read(2000, 200)).toEqual(CONTENT.slice(2000, 2200));
    expect(await read(900, 1400)).toEqual(CONTENT.slice(900, 2300));
    expect(inner.log.slice(2).map(({ start, length }) => [start, length])).toEqual([
      [900, 100],
      [1500, 500],
      [2200, 100],
    ]);
    expect(transport.traffic()).toEqual(inner.traffic());
  });

  it('know the end of a file and do not ask beyond it again', async () => {
    const inner = memoryTransport(new Map([[FILE, CONTENT]]));
    const transport = cachedTransport(inner, emptyCache());
    expect(await transport.readRange(FILE, 4000, 9000, forever)).toEqual(CONTENT.slice(4000));
    expect(await transport.readRange(FILE, 4500, 9000, forever)).toEqual(CONTENT.slice(4500));
    expect(await transport.readRange(FILE, 7000, 10, forever)).toHaveLength(0);
    expect(inner.log).toHaveLength(1);
  });

  it('are right whatever is asked for in whatever order', async () => {
    const span = fc.record({ start: fc.nat(5200), length: fc.integer({ min: 1, max: 2000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(span, { minLength: 1, maxLength: 8 }), async (spans) => {
        const inner = memoryTransport(new Map([[FILE, CONTENT]]));
        const transport = cachedTransport(inner, emptyCache());
        for (const { start, length } of spans) {
          const part = await transport.readRange(FILE, start, length, forever);
          // A deep comparison of each byte would take seconds here.
          expect(Buffer.compare(part, CONTENT.subarray(start, start + length))).toBe(0);
        }
        const before = inner.log.length;
        for (const { start, length } of spans) await transport.readRange(FILE, start, length, forever);
        expect(inner.log.length).toBe(before);
        expect(inner.traffic().bytes).toBeLessThanOrEqual(CONTENT.length);
      }),
      { numRuns: PROPERTY_RUNS, seed: 20181103 },
    );
  });

  it('belong to a file whoever signed its address', async () => {
    const inner = memoryTransport(
      new Map([`${FILE}?sv=1&sig=abc`, `${FILE}?sig=def`, `${FILE}?band=2`].map((url) => [url, CONTENT])),
    );
    const transport = cachedTransport(inner, emptyCache());
    await transport.readRange(`${FILE}?sv=1&sig=abc`, 0, 10, forever);
    await transport.readRange(`${FILE}?sig=def`, 0, 10, forever);
    expect(inner.log).toHaveLength(1);
    await transport.readRange(`${FILE}?band=2`, 0, 10, forever);
    expect(inner.log).toHaveLength(2);
  });

  it('belong to a file whoever reads it: keys, names and passwords are in no name of a record', async () => {
    const others = ['https://me:PW@', 'https://'].map((start) => FILE.replace('https://', start));
    const inner = memoryTransport(
      new Map([`${others[0]!}?key=SECRET`, `${others[1]!}?subscription-key=SECRET`].map((url) => [url, CONTENT])),
    );
    const cache = emptyCache();
    const transport = cachedTransport(inner, cache);
    await transport.readRange(`${others[0]!}?key=SECRET`, 0, 10, forever);
    await transport.readRange(`${others[1]!}?subscription-key=SECRET`, 0, 10, forever);
    expect(inner.log).toHaveLength(1);
    const names = (await cache.list('range', forever)).map(({ key }) => key);
    expect(names.length).toBeGreaterThan(0);
    expect(names.join(' ')).not.toMatch(/SECRET|PW/);
  });

  it('are headers from the beginning of a file on, and tiles elsewhere', async () => {
    const cache = emptyCache();
    const transport = cachedTransport(memoryTransport(new Map([[FILE, CONTENT]])), cache);
    await transport.readRange(FILE, 0, 1000, forever);
    await transport.readRange(FILE, 1000, 1000, forever);
    await transport.readRange(FILE, 3000, 1000, forever);
    const sizes = await cache.sizes();
    expect([sizes.get('headers')!.items, sizes.get('tiles')!.items]).toEqual([2, 1]);
  });

  it('that turned out damaged are asked for again', async () => {
    const files = new Map([[FILE, CONTENT.slice().fill(0)]]);
    const transport = cachedTransport(memoryTransport(files), emptyCache());
    await transport.readRange(FILE, 0, 100, forever);
    files.set(FILE, CONTENT);
    await transport.forget!(FILE, forever);
    expect(await transport.readRange(FILE, 0, 100, forever)).toEqual(CONTENT.slice(0, 100));
  });

  it('of a file that was replaced since are not joined with the new ones', async () => {
    const files = new Map([[FILE, CONTENT]]);
    const cache = emptyCache();
    const session = (version: string): Transport =>
      cachedTransport({ ...memoryTransport(files), version: () => version }, cache);
    await session('"1"').readRange(FILE, 0, 100, forever);
    const changed = CONTENT.slice().reverse();
    files.set(FILE, changed);
    await expect(session('"2"').readRange(FILE, 50, 100, forever)).rejects.toSatisfy((error) =>
      isCropError(error, 'net/file-changed'),
    );
    expect(await session('"2"').readRange(FILE, 0, 150, forever)).toEqual(changed.slice(0, 150));
  });

  it('of files on this computer pass by', async () => {
    const cache = emptyCache();
    const inner = memoryTransport(new Map([['file:///a.tif', CONTENT]]));
    const transport = cachedTransport(inner, cache);
    for (let at = 0; at < 2; at++) await transport.readRange('file:///a.tif', 0, 10, forever);
    expect(inner.log).toHaveLength(2);
    expect((await cache.sizes()).size).toBe(0);
  });
});

describe('answers through a cache', () => {
  it('are not asked for again within a day, and again after it', async () => {
    const clock = createClock();
    const files = new Map<string, unknown>([[SEARCH, ANSWER]]);
    const inner = memoryTransport(files);
    const transport = cachedTransport(inner, emptyCache(clock.now), clock);
    expect(await transport.readJson(SEARCH, forever)).toEqual(ANSWER);
    expect(await transport.readJson(SEARCH, forever)).toEqual(ANSWER);
    expect(inner.log).toHaveLength(1);
    clock.pass(DAY_MS + 1);
    files.set(SEARCH, { ...ANSWER, features: [] });
    expect(await transport.readJson(SEARCH, forever)).toEqual({ ...ANSWER, features: [] });
  });

  it.each([
    ['unreachable', OFFLINE],
    ['in trouble', new CropError('net/status', { url: SEARCH, status: 503 })],
  ])('of last month do when the server is %s, with a word', async (_, failure) => {
    const clock = createClock();
    const { transport: inner, cut } = cuttable(memoryTransport(new Map([[SEARCH, ANSWER]])));
    const cache = emptyCache(clock.now);
    const transport = cachedTransport(inner, cache, clock);
    await transport.readJson(SEARCH, forever);
    clock.pass(30 * DAY_MS);
    cut(failure);
    expect(await transport.readJson(SEARCH, forever)).toEqual(ANSWER);
    expect(cache.notices().map(({ message }) => message)).toEqual([
      'stac.test gives no answer; what it said on 2026-01-01 is used.',
    ]);
    await expect(transport.readJson(`${SEARCH}&page=2`, forever)).rejects.toBe(failure);
  });

  it('that refuse are believed, not covered up with old ones', async () => {
    const clock = createClock();
    const { transport: inner, cut } = cuttable(memoryTransport(new Map([[SEARCH, ANSWER]])));
    const transport = cachedTransport(inner, emptyCache(clock.now), clock);
    await transport.readJson(SEARCH, forever);
    clock.pass(2 * DAY_MS);
    const refused = new CropError('net/status', { url: SEARCH, status: 403 });
    cut(refused);
    await expect(transport.readJson(SEARCH, forever)).rejects.toBe(refused);
  });

  it('are kept apart by the token of a page, by what was posted and by the key of a person, none of which is shown', async () => {
    const page = (id: string) => ({ type: 'FeatureCollection', features: [], links: [], id });
    const addresses = ['a', 'b'].flatMap((token) =>
      ['ONE', 'TWO'].map((key) => `${SEARCH}&key=${key}&token=next:${token}`),
    );
    const inner = memoryTransport(new Map(addresses.map((url) => [url, page(url)])));
    const posted: unknown[] = [];
    const counting = {
      ...inner,
      readJson: (...[url, signal, body]: Parameters<typeof inner.readJson>) => {
        if (body !== undefined) posted.push(body.body);
        return body === undefined ? inner.readJson(url, signal) : Promise.resolve(page(JSON.stringify(body.body)));
      },
    };
    const cache = emptyCache();
    const transport = cachedTransport(counting, cache);
    for (let round = 0; round < 2; round++) {
      for (const url of addresses) expect(await transport.readJson(url, forever)).toEqual(page(url));
      for (const limit of [1, 2]) {
        expect(await transport.readJson(SEARCH, forever, { body: { limit } })).toEqual(page(JSON.stringify({ limit })));
      }
    }
    expect([inner.log.length, posted]).toEqual([4, [{ limit: 1 }, { limit: 2 }]]);
    expect((await cache.list('document', forever)).map(({ key }) => key).join(' ')).not.toMatch(/ONE|TWO/);
  });

  it('that are not STAC, such as tokens, are never kept', async () => {
    const url = 'https://planetary.test/api/sas/v1/token';
    const inner = memoryTransport(new Map([[url, { token: 'secret' }]]));
    const cache = emptyCache();
    const transport = cachedTransport(inner, cache);
    for (let at = 0; at < 2; at++) expect(await transport.readJson(url, forever)).toEqual({ token: 'secret' });
    expect(inner.log).toHaveLength(2);
    expect((await cache.sizes()).size).toBe(0);
  });

  it('that say "not there" are remembered once something else of the folder was found', async () => {
    const [items, collection] = ['https://static.test/s/items.json', 'https://static.test/s/collection.json'];
    const files = new Map<string, unknown>();
    const inner = memoryTransport(files);
    const transport = cachedTransport(inner, emptyCache());
    const isAbsent = (error: unknown): boolean => isCropError(error, 'net/not-found');
    for (let at = 0; at < 2; at++) await expect(transport.readJson(items, forever)).rejects.toSatisfy(isAbsent);
    expect(inner.log).toHaveLength(2);
    files.set(collection, { type: 'Collection', links: [] });
    await transport.readJson(collection, forever);
    await expect(transport.readJson(items, forever)).rejects.toSatisfy(isAbsent);
    expect(inner.log).toHaveLength(3);
  });
});

describe('models through a cache', () => {
  it('have a young card, which is had offline at any age', async () => {
    const clock = createClock();
    const url = 'https://site.test/models/timeunet/model.json';
    const memory = memoryTransport(new Map([[url, CONTENT]]));
    const { transport: inner, cut } = cuttable(memory);
    const transport = cachedTransport(inner, emptyCache(clock.now), clock);
    for (let at = 0; at < 2; at++) expect(await transport.readAll(url, forever)).toEqual(CONTENT);
    expect(memory.log).toHaveLength(1);
    clock.pass(DAY_MS);
    await transport.readAll(url, forever);
    expect(memory.log).toHaveLength(2);
    clock.pass(100 * DAY_MS);
    cut(OFFLINE);
    expect(await transport.readAll(url, forever)).toEqual(CONTENT);
  });

  it('keep files by what is in them', async () => {
    const files = createContentStore(emptyCache());
    expect(await files.get('abc', forever)).toBeNull();
    await files.put('abc', CONTENT, forever);
    expect(await files.get('abc', forever)).toEqual(CONTENT);
  });
});
