import { describe, expect, it } from 'vitest';
import { type CatalogSource, EARTH_SEARCH, searchScenes, type SkippedItem } from '../../../src/catalog';
import { CropError, isAbort, isCropError } from '../../../src/errors';
import type { Transport } from '../../../src/net';
import { memoryTransport } from '../../support/memory-transport';
import { readShared, sharedDataMissing } from '../../support/shared-data';
import { itemOf } from './scenes';

const { signal } = new AbortController();
const QUERY = { bbox: [14.35, 50.02, 14.4, 50.08], range: { from: '2019-03-01', to: '2019-09-30' } } as const;
const API: CatalogSource = { kind: 'api', url: 'https://api.test/v1', collections: ['sentinel-2-l2a'], title: 'API' };
const FOLDER: CatalogSource = { kind: 'static', url: 'https://x.test/cat', title: 'Folder' };

/** A transport that answers `readJson` with pages in turn, and the addresses it was asked for. */
function pagesTransport(...pages: unknown[]): { transport: Transport; asked: URL[] } {
  const asked: URL[] = [];
  const transport = {
    ...memoryTransport(new Map()),
    async readJson(url: string, given: AbortSignal) {
      given.throwIfAborted();
      asked.push(new URL(url));
      if (asked.length > pages.length) expect.fail(`unexpected request ${url}`);
      return pages[asked.length - 1];
    },
  };
  return { transport, asked };
}

const page = (features: unknown[], next?: object) => ({
  type: 'FeatureCollection',
  features,
  links: [{ rel: 'self', href: 'https://api.test/v1/search' }, ...(next ? [{ rel: 'next', ...next }] : [])],
});

const items = (count: number, from = 0): unknown[] =>
  Array.from({ length: count }, (_, at) => itemOf(`item-${from + at}`, '2019-06-06T10:10:31Z'));

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );
}

describe('a STAC API', () => {
  it('is asked by GET for place, time, collection and the fields that are used', async () => {
    const { transport, asked } = pagesTransport(page([]));
    expect(await searchScenes(API, QUERY, { transport, signal })).toEqual([]);
    const { origin, pathname, searchParams } = asked[0]!;
    expect(origin + pathname).toBe('https://api.test/v1/search');
    expect(searchParams.get('collections')).toBe('sentinel-2-l2a');
    expect(searchParams.get('datetime')).toBe('2019-03-01T00:00:00Z/2019-09-30T23:59:59.999Z');
    expect(searchParams.get('bbox')).toBe('14.35,50.02,14.4,50.08');
    expect(searchParams.get('limit')).toBe('100');
    expect(searchParams.has('query')).toBe(false);
    const fields = searchParams.get('fields')!.split(',');
    expect(fields).toEqual(
      expect.arrayContaining(['properties.eo:cloud_cover', 'properties.grid:code', 'geometry', '-assets.blue-jp2']),
    );
    expect(fields).not.toContain('-assets.blue');
  });

  it('is asked for tiles by query, zones below ten in both spellings', async () => {
    const { transport, asked } = pagesTransport(page([]));
    await searchScenes(API, { ...QUERY, tiles: ['33UVR', '06VVN'] }, { transport, signal });
    expect(JSON.parse(asked[0]!.searchParams.get('query')!)).toEqual({
      'grid:code': { in: ['MGRS-33UVR', 'MGRS-06VVN', 'MGRS-6VVN'] },
    });
  });

  it('is read page by page until one is empty, each request carrying all that was asked', async () => {
    const { transport, asked } = pagesTransport(
      page(items(2), {
        href: 'https://api.test/v1/search?next=a&fields=%7B%22include%22%3A%5B%5D%7D&intersects=%7B%7D',
      }),
      page(items(2, 2), { href: 'https://api.test/v1/search?next=b' }),
      page([], { href: 'https://api.test/v1/search?next=c' }),
    );
    const scenes = await searchScenes(API, QUERY, { transport, signal });
    expect(scenes.map(({ id }) => id)).toEqual(['item-0', 'item-1', 'item-2', 'item-3']);
    expect(asked.map(({ searchParams }) => searchParams.get('next'))).toEqual([null, 'a', 'b']);
    for (const key of ['collections', 'datetime', 'bbox', 'limit', 'fields']) {
      expect(asked[1]!.searchParams.get(key)).toBe(asked[0]!.searchParams.get(key));
    }
    expect(asked[1]!.searchParams.has('intersects')).toBe(false);
  });

  it('is read to the end where the last page has no next, or the next one hangs on the address alone', async () => {
    const { transport, asked } = pagesTransport(page(items(1), { href: './search/page2' }), page(items(1, 1)));
    expect(await searchScenes(API, QUERY, { transport, signal })).toHaveLength(2);
    expect(asked[1]!.href).toBe('https://api.test/v1/search/page2');
  });

  it('may link by POST: the token is taken out of the body', async () => {
    const body = { bbox: [1, 2, 3, 4], limit: 10, token: 'next:42', filter: { op: '=' } };
    const { transport, asked } = pagesTransport(
      page(items(1), { href: 'https://api.test/v1/search', method: 'POST', body }),
      page([]),
    );
    await searchScenes(API, QUERY, { transport, signal });
    expect(asked[1]!.searchParams.get('token')).toBe('next:42');
    expect(asked[1]!.searchParams.get('limit')).toBe('100');
    expect(asked[1]!.searchParams.has('filter')).toBe(false);
  });

  it.each([
    ['its pages go in a circle', page(items(1), { href: '?next=a' }), page(items(1, 1), { href: '?next=a' })],
    ['a page repeats the one before', page(items(2), { href: '?next=a' }), page(items(2), { href: '?next=b' })],
    ['it has more than 10000 items', page(items(10_001), { href: '?next=a' })],
  ])('is given up when %s', async (reason, ...pages) => {
    const { transport } = pagesTransport(...pages);
    const error = await failure(searchScenes(API, QUERY, { transport, signal }));
    expect(isCropError(error, 'catalog/paging') && error.message).toContain(reason);
  });

  it('is filtered again: other collections, tiles, days and places are left out', async () => {
    const { transport } = pagesTransport(
      page([
        itemOf('right', '2019-09-30T23:59:58Z'),
        itemOf('first', '2019-03-01T00:00:00Z', {}, { bbox: null }),
        itemOf('early', '2019-02-28T23:59:59Z'),
        itemOf('late', '2019-10-01T00:00:00Z'),
        itemOf('elsewhere', '2019-06-06T10:00:00Z', {}, { bbox: [15, 50, 15.5, 50.2] }),
        itemOf('tile', '2019-06-06T10:00:00Z', { 'grid:code': 'MGRS-33UVQ' }),
        itemOf('l1c', '2019-06-06T10:00:00Z', {}, { collection: 'sentinel-2-l1c' }),
      ]),
    );
    const scenes = await searchScenes(API, { ...QUERY, tiles: ['33UVR'] }, { transport, signal });
    expect(scenes.map(({ id }) => id)).toEqual(['first', 'right']);
  });

  it('is named where it is none', async () => {
    const { transport } = pagesTransport({ code: 'NotFound', description: 'Not Found' });
    const error = await failure(searchScenes(API, QUERY, { transport, signal }));
    expect(isCropError(error, 'catalog/not-stac') && error.message).toContain('https://api.test/v1/search');
    const nothing = await failure(searchScenes(API, QUERY, { transport: memoryTransport(new Map()), signal }));
    expect(isCropError(nothing, 'catalog/not-stac') && isCropError(nothing.cause, 'net/not-found')).toBe(true);
  });
});

describe('items', () => {
  const read = async (...features: unknown[]) => {
    const skipped: SkippedItem[] = [];
    const transport = memoryTransport(new Map([['https://x.test/cat/items.json', page(features)]]));
    const scenes = await searchScenes(FOLDER, QUERY, { transport, signal, onSkipped: (some) => skipped.push(...some) });
    return { scenes, skipped };
  };

  it('become scenes', async () => {
    const properties = {
      platform: 'sentinel-2b',
      'proj:code': 'EPSG:32633',
      's2:processing_baseline': '05.00',
      's2:sequence': '2',
      's2:snow_ice_percentage': 1.5,
      's2:nodata_pixel_percentage': 3,
      'earthsearch:boa_offset_applied': false,
      'crop2seg:simulated': true,
    };
    const bbox = [14.3, 50, 0, 14.5, 50.1, 800];
    const { scenes } = await read(itemOf('a', '2019-06-06T12:10:31.024+02:00', properties, { bbox }));
    expect(scenes).toEqual([
      {
        id: 'a',
        collection: 'sentinel-2-l2a',
        tile: '33UVR',
        datetime: '2019-06-06T10:10:31.024Z',
        date: '2019-06-06',
        platform: 'sentinel-2b',
        epsg: 32633,
        bbox: [14.3, 50, 14.5, 50.1],
        cloudPercent: 12.5,
        snowPercent: 1.5,
        nodataPercent: 3,
        processingBaseline: '05.00',
        boaOffsetApplied: false,
        sequence: 2,
        simulated: true,
        assets: { B02: 'https://x.test/cat/a/B02.tif', SCL: 'https://x.test/cat/a/SCL.tif' },
      },
    ]);
  });

  it('may lack or garble what is optional', async () => {
    const { scenes } = await read(
      itemOf('a', '2019-06-06T10:00:00Z', {
        'eo:cloud_cover': 'many',
        's2:sequence': 'x',
        'earthsearch:boa_offset_applied': 'yes',
        'crop2seg:simulated': 1,
      }),
    );
    expect(scenes[0]).toMatchObject({ cloudPercent: null, sequence: 0, boaOffsetApplied: null, simulated: false });
  });

  it.each([
    [{ 'grid:code': 'MGRS-6VVN' }, '06VVN'],
    [{ 'grid:code': null, 's2:mgrs_tile': '06VVN' }, '06VVN'],
    [{ 'grid:code': 7, 'mgrs:utm_zone': 6, 'mgrs:latitude_band': 'V', 'mgrs:grid_square': 'VN' }, '06VVN'],
  ])('name their tile by %j', async (properties, tile) => {
    const { scenes } = await read(itemOf('a', '2019-06-06T10:00:00Z', properties));
    expect(scenes[0]?.tile).toBe(tile);
  });

  it('are read by key, common names before band names, without JPEG 2000 and closed buckets', async () => {
    const assets = {
      'red-jp2': { href: 's3://bucket/B04.jp2', type: 'image/jp2' },
      B04: { href: 'B04-second.tif' },
      red: { href: 'B04.tif' },
      green: { href: 'B03.jp2' },
      B03: { href: 'https://y.test/B03.tif?sig=1' },
      nir: { href: 's3://bucket/B08.tif' },
      swir16: { href: 'B11', type: 'image/jp2' },
      swir22: 'no asset',
      scl: { href: 'http://[' },
    };
    const { scenes } = await read(itemOf('a', '2019-06-06T10:00:00Z', {}, { assets }));
    expect(scenes[0]?.assets).toEqual({ B03: 'https://y.test/B03.tif?sig=1', B04: 'https://x.test/cat/B04.tif' });
  });

  it('are left out one by one, and counted', async () => {
    const { scenes, skipped } = await read(
      itemOf('good', '2019-06-06T10:00:00Z'),
      itemOf('timeless', 'yesterday'),
      itemOf('tileless', '2019-06-06T10:00:00Z', { 'grid:code': 'WRS2-033032' }),
      itemOf('bandless', '2019-06-06T10:00:00Z', {}, { assets: { visual: { href: 'TCI.tif' } } }),
      { id: 'formless', properties: 3 },
      null,
    );
    expect(scenes.map(({ id }) => id)).toEqual(['good']);
    expect(skipped).toEqual([
      { id: 'timeless', problem: 'has no sensing time' },
      { id: 'tileless', problem: 'does not name its Sentinel-2 tile' },
      { id: 'bandless', problem: 'has no band that can be read' },
      { id: 'formless', problem: expect.stringContaining('is no STAC item') },
      { id: 'https://x.test/cat/items.json', problem: 'is no STAC item' },
    ]);
  });

  it('are an error where none is a scene', async () => {
    const error = await failure(read({ id: 'a' }, { id: 'b' }));
    expect(isCropError(error, 'catalog/unusable') && error.details['count']).toBe(2);
  });
});

describe('a static catalogue', () => {
  const root = 'file:///data/cat';
  const source: CatalogSource = { kind: 'static', url: root, title: 'Folder' };
  const collection = {
    type: 'Collection',
    links: [
      { rel: 'root', href: './collection.json' },
      { rel: 'item', href: './a/a.json' },
      { rel: 'item', href: './b/b.json' },
      { rel: 'item', href: 'https://y.test/c.json' },
      'no link',
    ],
  };
  const asset = { assets: { blue: { href: './B02.tif' } } };
  const a = itemOf('a', '2019-06-08T10:00:00Z', {}, asset);
  const c = itemOf('c', '2019-06-07T10:00:00Z', {}, asset);

  it('costs one request where it has items.json', async () => {
    const files = new Map<string, unknown>([
      [`${root}/items.json`, page([a])],
      [`${root}/collection.json`, collection],
    ]);
    const transport = memoryTransport(files);
    const scenes = await searchScenes(source, QUERY, { transport, signal });
    expect(scenes[0]?.assets.B02).toBe(`${root}/B02.tif`);
    expect(transport.log.map(({ url }) => url)).toEqual([`${root}/items.json`]);
  });

  it('is read by the links of its collection, each item against its own address', async () => {
    const transport = memoryTransport(
      new Map<string, unknown>([
        [`${root}/collection.json`, collection],
        [`${root}/a/a.json`, a],
        ['https://y.test/c.json', c],
      ]),
    );
    const skipped: SkippedItem[] = [];
    const options = { transport, signal, onSkipped: (some: readonly SkippedItem[]) => skipped.push(...some) };
    const scenes = await searchScenes({ ...source, url: `${root}/` }, QUERY, options);
    expect(scenes.map(({ id, assets }) => [id, assets.B02])).toEqual([
      ['c', 'https://y.test/B02.tif'],
      ['a', `${root}/a/B02.tif`],
    ]);
    expect(skipped).toEqual([{ id: `${root}/b/b.json`, problem: 'is no STAC item' }]);
    expect(transport.traffic().requests).toBe(5);
  });

  it.each([
    ['nothing at all', [], 'catalog/not-stac'],
    ['a web page', [['items.json', '<html>']], 'catalog/not-stac'],
    ['another kind of file', [['collection.json', { type: 'Feature' }]], 'catalog/not-stac'],
    ['a collection without items', [['collection.json', { type: 'Collection', links: [] }]], 'catalog/empty'],
    ['an empty list', [['items.json', { type: 'FeatureCollection', features: [] }]], 'catalog/empty'],
  ] as const)('is named where there is %s', async (_, files, code) => {
    const transport = memoryTransport(new Map(files.map(([name, content]) => [`${root}/${name}`, content])));
    expect(isCropError(await failure(searchScenes(source, QUERY, { transport, signal })), code)).toBe(true);
  });

  it('passes on what is wrong with the connection', async () => {
    const transport = {
      ...memoryTransport(new Map()),
      readJson: async () => {
        throw new CropError('net/unreachable', { host: 'x.test' });
      },
    };
    expect(isCropError(await failure(searchScenes(source, QUERY, { transport, signal })), 'net/unreachable')).toBe(
      true,
    );
  });
});

describe('a catalogue of which nothing is known but its address', () => {
  const root = 'https://x.test/v1';
  const own: CatalogSource = { url: root, title: 'Own', collections: ['sentinel-2-l2a'] };
  const item = itemOf('own', '2019-06-06T10:10:31Z');
  const landing = { type: 'Catalog', links: [{ rel: 'self' }, null, { rel: 'search', href: `${root}/search` }] };

  async function find(files: Record<string, unknown>, source = own) {
    const known = memoryTransport(new Map(Object.entries(files)));
    const asked: string[] = [];
    const readJson: Transport['readJson'] = async (url, given) => {
      const path = new URL(url).pathname;
      asked.push(path);
      const refused = files[`refused ${path}`];
      if (refused !== undefined) throw refused;
      return known.readJson(url.split('?')[0]!, given);
    };
    const scenes = await searchScenes(source, QUERY, { transport: { ...known, readJson }, signal });
    return { ids: scenes.map(({ id }) => id), asked };
  }

  it('is a folder where its list is there: one request, other collections too, named by the list as well', async () => {
    const files = { [`${root}/items.json`]: page([{ ...item, collection: 'mine' }]) };
    expect(await find(files)).toEqual({ ids: ['own'], asked: ['/v1/items.json'] });
    expect((await find(files, { ...own, url: `${root}/items.json` })).ids).toEqual(['own']);
  });

  it('is an API where its root links a search, which is then asked as one', async () => {
    const files = { [root]: landing, [`${root}/search`]: page([item, { ...item, id: 'x', collection: 'landsat' }]) };
    expect(await find(files)).toEqual({ ids: ['own'], asked: ['/v1/items.json', '/v1', '/v1/search'] });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a page for people', '<html>'],
    ['a catalogue without a search', { type: 'Catalog', links: [] }],
    ['JSON of another kind', { links: 'none' }],
  ])('is a folder with a collection where its root has %s', async (_, found) => {
    const collection = { type: 'Collection', links: [{ rel: 'item', href: './own.json' }] };
    const files = { [`${root}/collection.json`]: collection, [`${root}/own.json`]: item };
    expect((await find(found === undefined ? files : { ...files, [root]: found })).ids).toEqual(['own']);
  });

  it('may be on a host that refuses what is not there', async () => {
    const refused = new CropError('net/status', { url: root, status: 403 });
    const collection = { type: 'Collection', links: [{ rel: 'item', href: './own.json' }] };
    const files = { [`${root}/collection.json`]: collection, [`${root}/own.json`]: item };
    expect((await find({ ...files, 'refused /v1/items.json': refused, 'refused /v1': refused })).ids).toEqual(['own']);
  });

  it('is nothing of the kind: what is wrong is told', async () => {
    const codeOf = async (files: Record<string, unknown>) => ((await failure(find(files))) as CropError).code;
    expect(await codeOf({})).toBe('catalog/not-stac');
    expect(await codeOf({ [`${root}/items.json`]: { type: 'Feature' } })).toBe('catalog/not-stac');
    expect(await codeOf({ [`${root}/items.json`]: page([]) })).toBe('catalog/empty');
    const away = new CropError('net/unreachable', { host: 'x.test' });
    expect(await codeOf({ 'refused /v1/items.json': away })).toBe('net/unreachable');
    expect(await codeOf({ 'refused /v1': away })).toBe('net/unreachable');
  });
});

describe('a query', () => {
  const transport = memoryTransport(new Map());

  it.each([
    ['2019-09-30', '2019-03-01'],
    ['2019-02-31', '2019-03-01'],
    ['1 March 2019', '2019-03-01'],
  ])('cannot be from %s to %s', async (from, to) => {
    const work = searchScenes(API, { ...QUERY, range: { from, to } }, { transport, signal });
    expect(isCropError(await failure(work), 'catalog/bad-range')).toBe(true);
  });

  it('needs a box', async () => {
    const work = searchScenes(API, { ...QUERY, bbox: [15, 50, 14, 51] }, { transport, signal });
    expect(isCropError(await failure(work), 'geo/bad-bbox')).toBe(true);
  });

  it('can be cancelled between pages', async () => {
    const controller = new AbortController();
    const pages = pagesTransport(page(items(1), { href: '?next=a' }));
    const readJson: Transport['readJson'] = async (url, given) => {
      const answer = await pages.transport.readJson(url, given);
      controller.abort();
      return answer;
    };
    const work = searchScenes(API, QUERY, { transport: { ...pages.transport, readJson }, signal: controller.signal });
    expect(isAbort(await failure(work))).toBe(true);
    expect(pages.asked).toHaveLength(1);
  });
});

describe.skipIf(sharedDataMissing('protocol/earthsearch'))('recorded answers', () => {
  const recorded = (name: string): unknown => readShared(`protocol/${name}.json`);

  it('of Earth Search: a page with a Landsat scene, then the empty page that its next link leads to', async () => {
    const { transport, asked } = pagesTransport(
      recorded('earthsearch/search_l2a_2023'),
      recorded('earthsearch/search_empty_page'),
    );
    const skipped: SkippedItem[] = [];
    const query = { bbox: [-105.2, 40.1, -105.1, 40.2], range: { from: '2023-10-08', to: '2023-10-08' } } as const;
    const scenes = await searchScenes(EARTH_SEARCH, query, {
      transport,
      signal,
      onSkipped: (some) => skipped.push(...some),
    });
    expect(asked).toHaveLength(2);
    expect(asked[1]!.origin).toBe('https://earth-search.aws.element84.com');
    expect(asked[1]!.searchParams.get('next')).toBe(
      '2023-10-08T17:37:26.656958Z,LC08_L2SP_033032_20231008_02_T1,landsat-c2-l2',
    );
    expect(asked[1]!.searchParams.get('fields')).toBe(asked[0]!.searchParams.get('fields'));
    expect(skipped.map(({ id }) => id)).toEqual(['LC08_L2SP_033032_20231008_02_T1']);
    expect(scenes).toHaveLength(1);
    const [scene] = scenes;
    expect(scene).toMatchObject({
      id: 'S2A_13TDE_20231008_0_L2A',
      tile: '13TDE',
      date: '2023-10-08',
      epsg: 32613,
      cloudPercent: 0.000299,
      snowPercent: 0.059024,
      processingBaseline: '05.09',
      boaOffsetApplied: true,
      sequence: 0,
      simulated: false,
    });
    expect(Object.keys(scene!.assets)).toHaveLength(11);
    expect(scene!.assets.B8A).toBe(
      'https://sentinel-cogs.s3.us-west-2.amazonaws.com/sentinel-s2-l2a-cogs/13/T/DE/2023/10/S2A_13TDE_20231008_0_L2A/B8A.tif',
    );
  });

  it('of Earth Search: both collections of one scene have the same bands under other addresses', async () => {
    const names = ['item_l2a_S2B_20EPT_20250731', 'item_c1_S2B_T20EPT_20250731'];
    const source = { ...API, collections: ['sentinel-2-l2a', 'sentinel-2-c1-l2a'] };
    const { transport } = pagesTransport(page(names.map((name) => recorded(`earthsearch/${name}`))));
    const query = { bbox: [-59.7, -60.5, -59.6, -60.4], range: { from: '2025-07-31', to: '2025-07-31' } } as const;
    const [first, second] = await searchScenes(source, query, { transport, signal });
    expect([first?.tile, second?.tile]).toEqual(['20EPT', '20EPT']);
    expect([first?.boaOffsetApplied, second?.boaOffsetApplied].sort()).toEqual([null, true]);
    expect(Object.keys(first!.assets).sort()).toEqual(Object.keys(second!.assets).sort());
  });

  it('of Earth Search: the newer projection extension (proj:code)', async () => {
    const { transport } = pagesTransport(page([recorded('earthsearch/item_l2a_S2A_32TPS_20230602')]));
    const query = { bbox: [11, 46, 11.1, 46.1], range: { from: '2023-06-02', to: '2023-06-02' } } as const;
    const [scene] = await searchScenes(API, query, { transport, signal });
    expect(scene).toMatchObject({ epsg: 32632, tile: '32TPS' });
    expect(Object.keys(scene!.assets)).toHaveLength(11);
  });

  it('of Planetary Computer: a two-month series of one tile', async () => {
    const { transport } = pagesTransport(recorded('planetarycomputer/series_35MNM_2020'));
    const query = { bbox: [27.4, -7.8, 27.5, -7.7], range: { from: '2020-06-01', to: '2020-07-31' } } as const;
    const scenes = await searchScenes({ ...API, url: 'https://pc.test' }, query, { transport, signal });
    expect(scenes).toHaveLength(13);
    expect(scenes[0]).toMatchObject({ tile: '35MNM', date: '2020-06-01', epsg: 32735, processingBaseline: '02.12' });
    expect(scenes.every(({ assets }) => Object.keys(assets).length === 11)).toBe(true);
    expect(scenes[0]!.assets.SCL).toMatch(/_SCL_20m\.tif/);
  });

  it('with fields left out by the server are named, not taken for an empty answer', async () => {
    const { transport } = pagesTransport(
      recorded('earthsearch/search_fields'),
      recorded('earthsearch/search_empty_page'),
    );
    const error = await failure(searchScenes(API, QUERY, { transport, signal }));
    expect(isCropError(error, 'catalog/unusable') && error.details['count']).toBe(10);
    expect((error as Error).message).toContain('"assets" is missing');
  });
});

describe.skipIf(sharedDataMissing('flanders-2018/items.json'))('the Flanders folder', () => {
  it('has 118 scenes with all bands, of which the window picks its own', async () => {
    const root = 'file:///data/flanders-2018';
    const source: CatalogSource = { kind: 'static', url: root, title: 'Flanders' };
    const transport = memoryTransport(new Map([[`${root}/items.json`, readShared('flanders-2018/items.json')]]));
    const bbox = [3.02, 50.814, 3.028, 50.818] as const;
    const whole = { bbox, range: { from: '2017-08-04', to: '2018-11-27' } };
    const scenes = await searchScenes(source, whole, { transport, signal });
    expect(scenes).toHaveLength(118);
    expect(scenes.every(({ assets, tile }) => Object.keys(assets).length === 11 && tile === '31UDS')).toBe(true);
    expect(scenes[0]!.assets.B02).toBe(`${root}/S2A_31UDS_20170804_0_L2A/B02.tif`);
    const part = { bbox, range: { from: '2018-10-08', to: '2018-10-31' } };
    const autumn = await searchScenes(source, part, { transport, signal });
    expect(autumn.map(({ date }) => date.slice(8))).toEqual(['08', '13', '16', '18', '21', '28', '31']);
    const away = { bbox: [14, 50, 14.1, 50.1], range: whole.range } as const;
    expect(await searchScenes(source, away, { transport, signal })).toEqual([]);
  });
});
