import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CatalogSource,
  EARTH_SEARCH,
  PLANETARY_COMPUTER,
  searchSources,
  signedTransport,
  SOURCES,
} from '../../../src/catalog';
import { CropError, isAbort, isCropError } from '../../../src/errors';
import { createHttpTransport, type Transport } from '../../../src/net';
import { type FaultServer, startFaultServer } from '../../support/fault-server';
import { memoryTransport } from '../../support/memory-transport';
import { PROPERTY_RUNS } from '../../support/property-runs';
import { readShared, sharedDataMissing } from '../../support/shared-data';
import { itemOf } from './scenes';

const { signal } = new AbortController();
const QUERY = { bbox: [14.35, 50.02, 14.4, 50.08], range: { from: '2019-03-01', to: '2019-09-30' } } as const;
const FIRST: CatalogSource = { kind: 'static', url: 'https://first.test', title: 'First' };
const SECOND: CatalogSource = { kind: 'static', url: 'https://second.test', title: 'Second' };

const BAND_KEYS = [
  'blue',
  'green',
  'red',
  'rededge1',
  'rededge2',
  'rededge3',
  'nir',
  'nir08',
  'swir16',
  'swir22',
  'scl',
];

/** An item with all files. */
function whole(id: string, datetime: string, properties = {}, rest = {}): Record<string, unknown> {
  const assets = Object.fromEntries(BAND_KEYS.map((key) => [key, { href: `./${id}/${key}.tif` }]));
  return itemOf(id, datetime, { platform: 'sentinel-2a', ...properties }, { assets, ...rest });
}

const collection = (features: unknown[]) => ({ type: 'FeatureCollection', features, links: [] });

function catalogues(first: unknown[], second: unknown[]): Transport {
  return memoryTransport(
    new Map([
      ['https://first.test/items.json', collection(first)],
      ['https://second.test/items.json', collection(second)],
    ]),
  );
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );
}

describe('several sources', () => {
  const search = (transport: Transport) => searchSources([FIRST, SECOND], QUERY, { transport, signal });

  it('give each acquisition once, from the preferred source, the others as alternatives', async () => {
    const transport = catalogues(
      [whole('a', '2019-06-06T10:10:31Z'), whole('b', '2019-06-16T10:10:31Z')],
      [
        // The start of the data take, eight minutes before; another spelling of the satellite.
        whole('A', '2019-06-06T10:02:00Z', { platform: 'Sentinel-2A' }),
        whole('only', '2019-06-11T10:10:31Z', { platform: 'sentinel-2b' }),
        whole('orbit-before', '2019-06-16T08:30:00Z'),
      ],
    );
    const { scenes, notices } = await search(transport);
    expect(scenes.map(({ id, source, alternatives }) => [id, source, alternatives?.map((other) => other.id)])).toEqual([
      ['a', 'First', ['A']],
      ['only', 'Second', undefined],
      ['orbit-before', 'Second', undefined],
      ['b', 'First', undefined],
    ]);
    expect(notices).toEqual([]);
  });

  it('prefer a scene with all its files', async () => {
    const transport = catalogues(
      [itemOf('a', '2019-06-06T10:10:31Z', { platform: 'sentinel-2a' })],
      [whole('b', '2019-06-06T10:10:31Z')],
    );
    const { scenes } = await search(transport);
    expect(scenes).toMatchObject([{ id: 'b', alternatives: [{ id: 'a' }] }]);
  });

  it('keep other satellites, other tiles and two processings of one source apart', async () => {
    const transport = catalogues(
      [
        whole('a0', '2019-06-06T10:10:31Z', { 's2:sequence': '0' }),
        whole('a1', '2019-06-06T10:10:31Z', { 's2:sequence': '1' }),
      ],
      [
        whole('b', '2019-06-06T10:10:31Z', { platform: 'sentinel-2b' }),
        whole('c', '2019-06-06T10:10:31Z', { 'grid:code': 'MGRS-33UVQ' }),
        whole('d', '2019-06-06T10:10:31Z'),
      ],
    );
    const { scenes } = await search(transport);
    expect(scenes.map(({ id, alternatives }) => [id, alternatives?.map((other) => other.id)])).toEqual([
      ['a0', ['d']],
      ['a1', ['d']],
      ['b', undefined],
      ['c', undefined],
    ]);
  });

  it('prefer earlier collections of one source', async () => {
    const api: CatalogSource = { ...EARTH_SEARCH, url: 'https://api.test' };
    const pages = [
      collection([
        whole('c1', '2019-06-06T10:10:31Z', {}, { collection: 'sentinel-2-c1-l2a' }),
        whole('l2a', '2019-06-06T10:10:31Z'),
        whole('gap', '2019-06-11T10:10:31Z', {}, { collection: 'sentinel-2-c1-l2a' }),
      ]),
    ];
    const transport = { ...memoryTransport(new Map()), readJson: async () => pages.shift() ?? collection([]) };
    const { scenes } = await searchSources([api], QUERY, { transport, signal });
    expect(scenes.map(({ id, alternatives }) => [id, alternatives?.map((other) => other.id)])).toEqual([
      ['l2a', ['c1']],
      ['gap', undefined],
    ]);
  });

  it('do without one that fails, ask it once more, and say so', async () => {
    const transport = memoryTransport(
      new Map([['https://second.test/items.json', collection([whole('b', '2019-06-06T10:10:31Z')])]]),
    );
    const { scenes, notices } = await search(transport);
    expect(scenes.map(({ id }) => id)).toEqual(['b']);
    expect(notices).toEqual([
      'First was left out: There is no STAC catalogue at https://first.test/collection.json: nothing is there.',
    ]);
    expect(transport.log.filter(({ url }) => url === 'https://first.test/items.json')).toHaveLength(2);
  });

  it('have one that recovers while the others answer', async () => {
    const inner = catalogues([whole('a', '2019-06-06T10:10:31Z')], [whole('b', '2019-07-06T10:10:31Z')]);
    let failures = 1;
    const transport: Transport = {
      ...inner,
      readJson(url, given) {
        if (url.includes('first') && failures-- > 0) throw new CropError('net/unreachable', { host: 'first.test' });
        return inner.readJson(url, given);
      },
    };
    const { scenes, notices } = await search(transport);
    expect([scenes.map(({ id }) => id), notices]).toEqual([['a', 'b'], []]);
  });

  it('reject with the first error where none answers, and at once when cancelled or asked nonsense', async () => {
    const nothing = memoryTransport(new Map());
    expect(isCropError(await failure(search(nothing)), 'catalog/not-stac')).toBe(true);
    expect(nothing.log).toHaveLength(6);
    const bad = { ...QUERY, range: { from: '2019-13-01', to: '2019-09-30' } };
    expect(
      isCropError(await failure(searchSources([FIRST], bad, { transport: nothing, signal })), 'catalog/bad-range'),
    ).toBe(true);
    const aborted = searchSources([FIRST, SECOND], QUERY, { transport: nothing, signal: AbortSignal.abort() });
    expect(isAbort(await failure(aborted))).toBe(true);
  });

  it('tell of items that name two baselines with and without the offset', async () => {
    const doubtful = { 's2:processing_baseline': '03.01', 's2:datatake_id': 'GS2A_20190606T101031_020671_N04.00' };
    const transport = catalogues(
      [whole('a', '2019-06-06T10:10:31Z', doubtful), whole('b', '2019-06-16T10:10:31Z', doubtful)],
      [],
    );
    const { notices } = await search(transport);
    expect(notices).toContain(
      'a names two processing baselines (03.01 and N04.00), and 1 more like it: the pixels decide whether the offset is in them.',
    );
  });

  it('tell of items that could not be used', async () => {
    const transport = catalogues([whole('a', '2019-06-06T10:10:31Z'), { id: 'broken' }], []);
    const { notices } = await search(transport);
    expect(notices).toContain('First: 1 items could not be used.');
  });
});

describe('the list of sources', () => {
  it('begins with Earth Search and its reprocessed collection last, and shows the companion as not there yet', () => {
    expect(SOURCES.map(({ id }) => id)).toEqual(['earth-search', 'planetary-computer', 'companion']);
    expect(EARTH_SEARCH.collections).toEqual(['sentinel-2-l2a', 'sentinel-2-c1-l2a']);
    expect(SOURCES.filter(({ source }) => source === null).map(({ id }) => id)).toEqual(['companion']);
  });
});

describe.skipIf(sharedDataMissing('protocol/planetarycomputer'))('recorded pages of both services', () => {
  it('merge: the same scenes under the names of Planetary Computer become alternatives', async () => {
    const recorded = readShared('protocol/planetarycomputer/series_35MNM_2020.json') as { features: Item[] };
    type Item = { id: string; properties: Record<string, unknown>; assets: Record<string, unknown> };
    const others = recorded.features.map((item) => ({ ...item, id: `copy-${item.id}`, collection: 'sentinel-2-l2a' }));
    const transport: Transport = {
      ...memoryTransport(new Map()),
      readJson: async (url) => {
        if (!url.startsWith(PLANETARY_COMPUTER.url)) return collection(others);
        expect(new URL(url).searchParams.has('query')).toBe(false);
        return url.includes('token=') ? collection([]) : { ...recorded, links: [] };
      },
    };
    const query = {
      bbox: [27.4, -7.8, 27.5, -7.7],
      range: { from: '2020-06-01', to: '2020-07-31' },
      tiles: ['35MNM'],
    } as const;
    const { scenes } = await searchSources([FIRST, PLANETARY_COMPUTER], query, { transport, signal });
    expect(scenes).toHaveLength(13);
    expect(scenes.every(({ source, alternatives }) => source === 'First' && alternatives?.length === 1)).toBe(true);
    expect(scenes[0]!.alternatives![0]!.assets.B02).toMatch(
      /^https:\/\/sentinel2l2a01\.blob\.core\.windows\.net\/sentinel2-l2\//,
    );
  });
});

describe('signed blobs', () => {
  const TOKEN_URL = 'https://tokens.test/sas';
  const BLOB = 'https://blobs.test/store/a.tif';
  const options = (now: () => number) => ({
    stores: [{ prefix: 'https://blobs.test/store/', tokenUrl: TOKEN_URL }],
    now,
  });
  const at = (minutes: number): string => new Date(minutes * 60_000).toISOString();

  /** A store that takes the token `good`, and a desk that hands out numbered ones of 45 minutes. */
  function store(now: () => number) {
    const log: string[] = [];
    let good = 1;
    let issued = 0;
    const inner: Transport = {
      ...memoryTransport(new Map()),
      async readJson(url) {
        log.push(url);
        issued += 1;
        return { token: `sig=${issued}`, 'msft:expiry': new Date(now() + 45 * 60_000).toISOString() };
      },
      async readRange(url) {
        log.push(url);
        if (url.startsWith(BLOB) && !url.endsWith(`sig=${good}`))
          throw new CropError('net/denied', { url, status: 403, said: '' });
        return new Uint8Array(1);
      },
    };
    return { log, inner, expire: (next: number) => (good = next) };
  }

  it('are read with one token for all, asked for once however many wait; other addresses are left alone', async () => {
    const { log, inner } = store(() => 0);
    const signing = signedTransport(
      inner,
      options(() => 0),
    );
    await Promise.all([1, 2, 3].map(() => signing.readRange(BLOB, 0, 1, signal)));
    await signing.readRange('https://other.test/b.tif', 0, 1, signal);
    expect(log).toEqual([TOKEN_URL, ...Array(3).fill(`${BLOB}?sig=1`), 'https://other.test/b.tif']);
  });

  it('get a new token five minutes before the old one ends', async () => {
    let minute = 0;
    const now = (): number => minute * 60_000;
    const { log, inner, expire } = store(now);
    const signing = signedTransport(inner, options(now));
    await signing.readRange(BLOB, 0, 1, signal);
    minute = 39;
    await signing.readRange(BLOB, 0, 1, signal);
    minute = 41;
    expire(2);
    await signing.readRange(BLOB, 0, 1, signal);
    expect(log.filter((url) => url === TOKEN_URL)).toHaveLength(2);
    expect(log.at(-1)).toBe(`${BLOB}?sig=2`);
  });

  it('get a new token where the store refuses the old one; a second refusal is an error that shows no token', async () => {
    const { log, inner, expire } = store(() => 0);
    const signing = signedTransport(
      inner,
      options(() => 0),
    );
    await signing.readRange(BLOB, 0, 1, signal);
    expire(2);
    await signing.readRange(BLOB, 0, 1, signal);
    expect(log).toHaveLength(5);
    expire(9);
    const error = await failure(signing.readRange(BLOB, 0, 1, signal));
    expect(isCropError(error, 'net/denied') && error.details).toEqual({ url: `${BLOB}?***`, status: 403, said: '' });
    expect(log).toHaveLength(8);
  });

  it.each([[{}], ['<html>'], [{ token: '', 'msft:expiry': at(9) }], [{ token: 'sig=1', 'msft:expiry': 'soon' }]])(
    'cannot be read where the answer is no token: %j',
    async (answer) => {
      const inner = { ...memoryTransport(new Map()), readJson: async () => answer as unknown };
      const signing = signedTransport(
        inner,
        options(() => 0),
      );
      expect(isCropError(await failure(signing.readRange(BLOB, 0, 1, signal)), 'catalog/no-token')).toBe(true);
    },
  );

  it('let one who waits go, not the others, when one is cancelled', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const { inner } = store(() => 0);
    const waiting: Transport = { ...inner, readJson: () => new Promise((resolve) => (answer = resolve)) };
    const signing = signedTransport(
      waiting,
      options(() => 0),
    );
    const stop = new AbortController();
    const first = failure(signing.readRange(BLOB, 0, 1, stop.signal));
    const second = signing.readRange(BLOB, 0, 1, signal);
    stop.abort();
    expect(isAbort(await first)).toBe(true);
    answer({ token: 'sig=1', 'msft:expiry': at(45) });
    expect(await second).toHaveLength(1);
  });
});

describe('a live server', () => {
  let server: FaultServer;

  afterEach(() => server.close());

  const http = () => createHttpTransport({ clock: { sleep: async () => undefined, random: () => 0 } });

  it('with 10 000 items is read in a hundred pages and no more', async () => {
    const TOTAL = 10_000;
    const PAGE = 100;
    server = await startFaultServer({
      files: new Map(),
      answer(url) {
        const from = Number(url.searchParams.get('next') ?? 0);
        const count = Math.max(0, Math.min(PAGE, TOTAL - from));
        const features = Array.from({ length: count }, (_, at) => itemOf(`item-${from + at}`, '2019-06-06T10:10:31Z'));
        return JSON.stringify({ ...collection(features), links: [{ rel: 'next', href: `?next=${from + PAGE}` }] });
      },
    });
    const api: CatalogSource = { kind: 'api', url: server.url, title: 'Many' };
    const { scenes } = await searchSources([api], QUERY, { transport: http(), signal });
    expect(scenes).toHaveLength(TOTAL);
    // Its pages link on for ever: three empty ones are taken for the end.
    expect(server.traffic().requests).toBe(TOTAL / PAGE + 3);
  });

  it.each([
    ['a page of HTML', '<html>', 'it is not JSON'],
    ['JSON that is not STAC', '{"code":"NotFound"}', 'the answer is no collection of items'],
    ['a list', '[]', 'the answer is no collection of items'],
  ])('that answers with %s is no catalogue, after one request', async (_, answer, reason) => {
    server = await startFaultServer({ files: new Map(), answer: () => answer });
    const api: CatalogSource = { kind: 'api', url: server.url, title: 'Nonsense' };
    const error = await failure(searchSources([api], QUERY, { transport: http(), signal }));
    expect(isCropError(error, 'catalog/not-stac') && error.details['reason']).toBe(reason);
    expect(server.traffic().requests).toBe(1);
  });

  it('that sends JSON without end is given up at a limit', async () => {
    server = await startFaultServer({ files: new Map() });
    server.inject({ path: /./, fault: { kind: 'endless' } });
    const limited = createHttpTransport({ maxBodyBytes: 1e6 });
    const api: CatalogSource = { kind: 'api', url: server.url, title: 'Endless' };
    const error = await failure(searchSources([api], QUERY, { transport: limited, signal }));
    expect(isCropError(error, 'net/too-large')).toBe(true);
    expect(limited.traffic().bytes).toBeLessThan(2e6);
  });

  it('that is busy answers after its Retry-After, and a second source fills in for one that stays down', async () => {
    server = await startFaultServer({
      files: new Map([['/good/items.json', JSON.stringify(collection([whole('a', '2019-06-06T10:10:31Z')]))]]),
    });
    server.inject({ path: /good/, fault: { kind: 'status', status: 429, retryAfter: 1 }, times: 1 });
    server.inject({ path: /bad/, fault: { kind: 'status', status: 500 } });
    const sources = ['bad', 'good'].map((name): CatalogSource => ({
      kind: 'static',
      url: `${server.url}/${name}`,
      title: name,
    }));
    const { scenes, notices } = await searchSources(sources, QUERY, { transport: http(), signal });
    expect(scenes.map(({ source }) => source)).toEqual(['good']);
    expect(notices).toEqual([`bad was left out: The server answered 500 for ${server.url}/bad/items.json.`]);
    // Two rounds of four attempts at the bad one.
    expect(server.traffic().requests).toBe(2 + 8);
  });
});

describe('catalogues of nonsense', () => {
  /** Milliseconds: a case takes less than one. */
  const TIME_LIMIT = 5_000 + PROPERTY_RUNS * 10;

  async function survives(answer: unknown): Promise<void> {
    const transport = memoryTransport(new Map([['https://first.test/items.json', answer]]));
    try {
      const { scenes } = await searchSources([FIRST], QUERY, { transport, signal });
      for (const scene of scenes) {
        expect(scene.tile).toMatch(/^\d{2}[C-X][A-Z]{2}$/);
        expect(Number.isNaN(Date.parse(scene.datetime))).toBe(false);
        for (const url of Object.values(scene.assets)) expect(URL.canParse(url)).toBe(true);
      }
    } catch (error) {
      if (!isCropError(error)) throw error;
      expect(error.code).toMatch(/^(catalog|net)\//);
    }
  }

  it(
    'are an error of the catalogue or a right answer: any JSON in the place of any part of an item',
    async () => {
      const names = { 's2:datatake_id': 'GS2A_20190606T101031_020671_N02.12', 's2:processing_baseline': '02.12' };
      const geometry = { type: 'Polygon', coordinates: [[14, 15, 15, 14].map((x, at) => [x, 50 + (at >> 1)])] };
      const item = whole('a', '2019-06-06T10:10:31Z', names, { geometry });
      const place = fc.constantFrom(
        ...Object.keys(item).map((key) => [key]),
        ...Object.keys(item['properties'] as object).map((key) => ['properties', key]),
        ['assets', 'blue'],
        ['assets', 'blue', 'href'],
        ['geometry', 'coordinates'],
        ['links'],
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(place, fc.jsonValue()), { maxLength: 4 }),
          fc.boolean(),
          async (changes, wrap) => {
            const copy = structuredClone(item);
            for (const [path, value] of changes) replace(copy, path, value);
            await survives(wrap ? collection([copy, whole('b', '2019-06-07T10:10:31Z')]) : copy);
          },
        ),
        { numRuns: PROPERTY_RUNS, seed: 20190606 },
      );
    },
    TIME_LIMIT,
  );

  it(
    'are an error of the catalogue or a right answer: bytes of a sound catalogue changed',
    async () => {
      const sound = new TextEncoder().encode(JSON.stringify(collection([whole('a', '2019-06-06T10:10:31Z')])));
      const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
          const bytes = sound.slice();
          for (const [at, value] of changes) bytes[at] = value;
          await survives(bytes);
        }),
        { numRuns: PROPERTY_RUNS, seed: 20190607 },
      );
    },
    TIME_LIMIT,
  );

  function replace(root: Record<string, unknown>, [first, ...rest]: readonly string[], value: unknown): void {
    if (rest.length === 0) root[first!] = value;
    else if (typeof root[first!] === 'object' && root[first!] !== null)
      replace(root[first!] as Record<string, unknown>, rest, value);
  }
});
