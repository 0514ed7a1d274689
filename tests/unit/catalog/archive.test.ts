import { describe, expect, it } from 'vitest';
import { type CatalogSource, type Scene, searchScenes, sourceAt } from '../../../src/catalog';
import { isCropError } from '../../../src/errors';
import type { Transport } from '../../../src/net';
import { type ApiBehaviour, stacApi } from '../../support/stac-api';
import { itemOf } from './scenes';

const { signal } = new AbortController();
const QUERY = { bbox: [14.35, 50.02, 14.4, 50.08], range: { from: '2019-03-01', to: '2019-09-30' } } as const;
const OWN: CatalogSource = { url: 'https://api.test/v1', collections: ['sentinel-2-l2a'], title: 'Own' };
const API: CatalogSource = { ...OWN, kind: 'api' };

/** Items on days of April and May 2019. */
const ITEMS = Array.from({ length: 7 }, (_, at) =>
  itemOf(`item-${at}`, `2019-0${at < 4 ? 4 : 5}-${String(2 + 5 * (at % 4)).padStart(2, '0')}T10:10:31Z`),
);
const IDS = ITEMS.map(({ id }) => id);

async function search(
  transport: Transport,
  source = API,
  query: Parameters<typeof searchScenes>[1] = QUERY,
): Promise<{ ids: string[]; notices: string[]; scenes: Scene[] }> {
  const notices: string[] = [];
  const scenes = await searchScenes(source, query, { transport, signal, onNotice: (notice) => notices.push(notice) });
  return { ids: scenes.map(({ id }) => id), notices, scenes };
}

describe('paging', () => {
  it.each<[string, Partial<ApiBehaviour>]>([
    ['a link for GET', { next: 'get', pager: 'page' }],
    ['a link for GET with a token', { next: 'get', pager: 'token' }],
    ['a link for POST with the whole body', { next: 'post', pager: 'offset' }],
    ['a link for POST with what changes', { next: 'post-merge', pager: 'token' }],
    ['no link, but pages', { next: 'none', pager: 'page', count: 'numberMatched' }],
    ['no link, but offsets', { next: 'none', pager: 'offset', count: 'context' }],
    ['no link, but the index of the first', { next: 'none', pager: 'startIndex', count: 'search:metadata' }],
    ['no link, but tokens', { next: 'none', pager: 'token', count: 'numberMatched' }],
  ])('is followed where the server gives %s', async (_, behaviour) => {
    const { transport } = stacApi({ items: ITEMS, cap: 2, ...behaviour });
    expect(await search(transport)).toMatchObject({ ids: IDS, notices: [] });
  });

  it('is followed by POST, with the headers asked for, where a GET with the token is refused', async () => {
    const { transport, asked } = stacApi({
      items: ITEMS,
      cap: 4,
      next: 'post-merge',
      pager: 'token',
      refuse: (parameters) =>
        typeof parameters.get('collections') === 'string' && parameters.has('token') ? { status: 400, said: '' } : null,
    });
    expect((await search(transport)).ids).toEqual(IDS);
    expect(asked.at(-1)!.posted).toMatchObject({
      headers: { 'X-Page': 'yes' },
      body: { collections: ['sentinel-2-l2a'], bbox: [14.35, 50.02, 14.4, 50.08], limit: 100 },
    });
    expect(asked).toHaveLength(3);
  });

  it('goes on with the way that has worked', async () => {
    const { transport, asked } = stacApi({
      items: ITEMS,
      cap: 2,
      next: 'none',
      pager: 'offset',
      count: 'numberMatched',
    });
    await search(transport);
    // One try with a page number, then offsets only.
    expect(asked.map(({ parameters }) => parameters.get('page') ?? parameters.get('offset'))).toEqual([
      ...[undefined, '2', '2', '4', '6'],
    ]);
  });

  it('passes over empty pages, and ends where a server links them for ever', async () => {
    const page = (features: unknown[], next: string | null, matched?: number) => ({
      type: 'FeatureCollection',
      features,
      links: next === null ? [] : [{ rel: 'next', href: `https://api.test/v1/search?next=${next}` }],
      ...(matched === undefined ? {} : { numberMatched: matched }),
    });
    const serve = (pages: unknown[]): Transport => ({
      ...stacApi({ items: [] }).transport,
      readJson: async () => pages.shift() ?? expect.fail('one page too many'),
    });
    const [a, b] = [ITEMS.slice(0, 3), ITEMS.slice(3)];
    const hole = serve([page(a, 'x', 7), page([], 'y', 7), page(b, null, 7)]);
    expect(await search(hole)).toMatchObject({ ids: IDS, notices: [] });
    const holeFirst = serve([page([], 'x'), page(ITEMS, null)]);
    expect(await search(holeFirst)).toMatchObject({ ids: IDS, notices: [] });
    const endless = serve([page(a, '1'), page([], '2'), page([], '3'), page([], '4')]);
    expect(await search(endless)).toMatchObject({ ids: IDS.slice(0, 3), notices: [] });
    const enough = serve([page(ITEMS, '1', 7), page([], '2', 7)]);
    expect(await search(enough)).toMatchObject({ ids: IDS, notices: [] });
  });

  it('keeps items that come twice once', async () => {
    const { transport } = stacApi({
      items: ITEMS.flatMap((item) => [item, item]),
      cap: 3,
    });
    expect(await search(transport)).toMatchObject({ ids: IDS, notices: [] });
  });

  it('divides the days where a server gives the first items only, whatever it is asked', async () => {
    const { transport, asked } = stacApi({
      items: ITEMS,
      cap: 2,
      next: 'none',
      pager: 'token',
      count: 'numberMatched',
      byTime: true,
      filter: (items, parameters) => (parameters.has('token') ? items.slice(0, 2) : items),
    });
    expect(await search(transport)).toMatchObject({ ids: IDS, notices: [] });
    expect(asked.length).toBeLessThan(40);
  });

  it('says how much is missing where nothing helps', async () => {
    const first = stacApi({ items: ITEMS, filter: (items) => items.slice(0, 2) });
    const counted: Transport = {
      ...first.transport,
      readJson: async (...given) => ({ ...((await first.transport.readJson(...given)) as object), numberMatched: 7 }),
    };
    const { ids, notices } = await search(counted);
    expect(ids).toEqual(IDS.slice(0, 2));
    expect(notices).toEqual([expect.stringContaining('2 of 7 items')]);
    expect(first.asked.length).toBeLessThan(10);
  });

  it('notices pages that go in a circle or repeat, keeps what it has, and says so', async () => {
    const circle = (links: (at: number) => string): Transport => {
      let at = 0;
      return {
        ...stacApi({ items: [] }).transport,
        readJson: async () => ({
          type: 'FeatureCollection',
          features: [ITEMS[at % 2]],
          links: [{ rel: 'next', href: `https://api.test/v1/search?next=${links(at++)}` }],
        }),
      };
    };
    const same = await search(circle(() => 'a'));
    expect(same).toMatchObject({ ids: IDS.slice(0, 2), notices: [expect.stringContaining('circle')] });
    const repeating = await search(circle(String));
    expect(repeating).toMatchObject({ ids: IDS.slice(0, 2), notices: [expect.stringContaining('repeats')] });
  });

  it('suspects a full page without a link and without a total', async () => {
    const hundred = Array.from({ length: 150 }, (_, at) => itemOf(`i-${at}`, '2019-04-02T10:10:31Z'));
    const paged = stacApi({ items: hundred, cap: 100, next: 'none', pager: 'offset' });
    expect((await search(paged.transport)).ids).toHaveLength(150);
    const stuck = stacApi({ items: hundred, filter: (items) => items.slice(0, 100) });
    const { ids, notices } = await search(stuck.transport);
    expect([ids.length, notices]).toEqual([100, [expect.stringContaining('more than the 100 items')]]);
  });
});

describe('a server that does not understand all that it could be asked', () => {
  const refuse =
    (names: readonly string[], status = 400, said = ''): NonNullable<ApiBehaviour['refuse']> =>
    (parameters) =>
      names.some((name) => parameters.has(name)) ? { status, said } : null;
  const TILES = { ...QUERY, tiles: ['33UVR'] };

  it.each([
    ['fields', 400, ': unknown parameter fields'],
    ['fields', 422, ''],
    ['query', 400, ': Additional property query is not allowed'],
    ['limit', 400, ': limit must be at most 50'],
  ])('is asked again without %s (%d%s)', async (name, status, said) => {
    const { transport, asked } = stacApi({ items: ITEMS, refuse: refuse([name], status, said) });
    expect((await search(transport, OWN, TILES)).ids).toEqual(IDS);
    expect(asked).toHaveLength(2);
    // What was named alone is left out, else the extensions.
    expect(asked[1]!.parameters.has('fields')).toBe(name !== 'fields' && said !== '');
  });

  it('is not asked for ever: its own words are told', async () => {
    const { transport, asked } = stacApi({ items: ITEMS, refuse: () => ({ status: 400, said: ': bad bbox' }) });
    const error = await search(transport, OWN, TILES).catch((thrown: unknown) => thrown);
    expect(isCropError(error, 'net/refused') && error.message).toContain('bad bbox');
    expect(asked.length).toBeLessThan(5);
  });

  it('is asked by POST where it takes no GET', async () => {
    const { transport, asked } = stacApi({
      items: ITEMS,
      cap: 3,
      next: 'post-merge',
      refuse: (parameters) => (typeof parameters.get('bbox') === 'string' ? { status: 405, said: '' } : null),
    });
    expect((await search(transport, OWN, TILES)).ids).toEqual(IDS);
    expect(asked[1]!.posted!.body).toMatchObject({
      query: { 'grid:code': { in: ['MGRS-33UVR'] } },
      fields: { include: expect.arrayContaining(['assets']), exclude: expect.arrayContaining(['links']) },
    });
  });

  it('is asked for what it conforms to, where it says so', async () => {
    const base = 'https://api.stacspec.org/v1.0.0/item-search';
    const asks = async (conformsTo: readonly string[]): Promise<string[]> => {
      const { transport, asked } = stacApi({ items: ITEMS, conformsTo });
      await search(transport, OWN, TILES);
      return ['fields', 'query', 'filter'].filter((name) => asked[0]!.parameters.has(name));
    };
    expect(await asks([base])).toEqual([]);
    expect(await asks([base, `${base}#fields`, `${base}#query`])).toEqual(['fields', 'query']);
    expect(await asks([base, `${base}#query`])).toEqual(['query']);
    const cql = 'http://www.opengis.net/spec/cql2/1.0/conf/cql2-text';
    expect(await asks([base, `${base}#filter`, cql])).toEqual(['filter']);
    expect(await asks([base, `${base}#filter`])).toEqual([]);
    expect(await asks(['https://api.stacspec.org/v1.0.0/core'])).toEqual(['fields', 'query']);
  });

  it.each([
    ['s2:mgrs_tile', { 'grid:code': null, 's2:mgrs_tile': '33UVR' }, {}],
    ['their own name', { 'grid:code': null }, { id: 'S2A_MSIL2A_20190402T101031_N0500_R022_T33UVR_20230101T000000' }],
    [
      'the names of their files',
      { 'grid:code': null },
      { assets: { B02: { href: 'https://x.test/33/U/VR/2019/B02.tif' } } },
    ],
  ])('finds scenes whose items name the tile by %s', async (_, properties, rest) => {
    const item = itemOf('item', '2019-04-02T10:10:31Z', properties, rest);
    const { transport, asked } = stacApi({
      items: [item],
      filter: (items, parameters) => (parameters.has('query') ? [] : items),
    });
    const { scenes } = await search(transport, OWN, TILES);
    expect(scenes.map(({ tile }) => tile)).toEqual(['33UVR']);
    expect(asked).toHaveLength(2);
  });

  it('is asked for its own collections where it has not got those asked for, and this is told', async () => {
    const own = ITEMS.map((item) => ({ ...item, collection: 's2_l2a' }));
    const behaviour: ApiBehaviour = {
      items: [],
      collections: ['landsat-c2-l2', 's2_l1c', 's2_l2a', 's2_l2a_monthly_mosaic'],
      filter: (_, parameters) => (parameters.get('collections') === 's2_l2a' ? own : []),
    };
    const { transport } = stacApi(behaviour);
    const { ids, notices } = await search(transport, OWN);
    expect(ids).toEqual(IDS);
    expect(notices).toEqual(['There is no collection sentinel-2-l2a: s2_l2a was searched.']);
    const refusing = stacApi({
      ...behaviour,
      refuse: (parameters) =>
        parameters.get('collections') === 's2_l2a' ? null : { status: 400, said: ': no such collection' },
    });
    expect((await search(refusing.transport, OWN)).ids).toEqual(IDS);
  });

  it('is asked for everything where no collection has a name to go by; other satellites are left out', async () => {
    const items = [
      {
        ...ITEMS[0]!,
        collection: 'optical',
        properties: { ...(ITEMS[0]!['properties'] as object), platform: 'sentinel-2a' },
      },
      { ...ITEMS[1]!, collection: 'HLS.S30', id: 'HLS.S30.T33UVR.2019097' },
      { ...ITEMS[2]!, collection: 'level-1', id: 'S2A_MSIL1C_20190412' },
    ];
    const { transport } = stacApi({
      items,
      collections: ['optical', 'radar'],
      filter: (all, parameters) => (parameters.has('collections') ? [] : all),
    });
    expect((await search(transport, OWN)).ids).toEqual(['item-0']);
  });

  it('may simply have nothing', async () => {
    const { transport, asked } = stacApi({ items: [], collections: ['sentinel-2-l2a'] });
    expect(await search(transport, OWN)).toMatchObject({ ids: [], notices: [] });
    expect(asked).toHaveLength(1);
  });
});

describe('the 180th meridian', () => {
  const across = { ...QUERY, bbox: [179.95, -16.91, -179.98, -16.89] } as const;
  const item = (id: string, bbox: readonly number[] | null, tile = '60KZG'): Record<string, unknown> =>
    itemOf(id, '2019-04-02T22:20:20Z', { 'grid:code': `MGRS-${tile}` }, { bbox });

  it('cuts the question in two small boxes; what both find is found once', async () => {
    const { transport, asked } = stacApi({ items: [item('both', [179.8, -17.3, -179.2, -16.3])] });
    expect((await search(transport, API, across)).ids).toEqual(['both']);
    expect(asked.map(({ parameters }) => parameters.get('bbox'))).toEqual([
      '179.95,-16.91,180,-16.89',
      '-180,-16.91,-179.98,-16.89',
    ]);
  });

  it('is on both sides of items, however their boxes are written', async () => {
    const items = [
      item('rfc', [178.9, -17.3, -179.95, -16.3]),
      item('around', [-180, -17.3, 180, -16.3]),
      item('over', [178.9, -17.3, 180.05, -16.3]),
      item('mixed-up', [-179.2, -17.3, 179.8, -16.3]),
      item('heights', [178.9, -17.3, 0, -179.95, -16.3, 900]),
      item('boxless', null),
      item('east', [-179.9, -17.3, -179, -16.3], '01KAB'),
      item('west', [178, -17.3, 179.8, -16.3], '60KYG'),
      // Goes around the earth, but is of a tile in Brazil.
      item('brazil', [-180, -17.3, 180, -16.3], '23KKB'),
    ];
    const find = async (bbox: readonly [number, number, number, number]): Promise<string[]> => {
      const { ids } = await search(stacApi({ items }).transport, API, { ...QUERY, bbox });
      return ids.sort();
    };
    const all = ['around', 'boxless', 'heights', 'mixed-up', 'over', 'rfc'];
    expect(await find([179.95, -16.91, -179.98, -16.89])).toEqual(all);
    expect(await find([179.9, -16.91, 179.99, -16.89])).toEqual(all);
    expect(await find([-179.99, -16.91, -179.97, -16.89])).toEqual(all);
    expect(await find([-179.5, -16.91, -179.4, -16.89])).toEqual(['around', 'boxless', 'east', 'mixed-up']);
    expect(await find([-47, -16.91, -46.9, -16.89])).toEqual(['boxless', 'brazil']);
  });
});

describe('sources by address', () => {
  it.each([
    'https://planetarycomputer.microsoft.com/api/stac/v1',
    'https://planetarycomputer.microsoft.com/api/stac/v1/',
    'http://PlanetaryComputer.microsoft.com/api/stac/v1/search',
  ])('are the known ones: %s', (address) => {
    expect(sourceAt(address)).toMatchObject({
      kind: 'api',
      title: 'Planetary Computer (Sentinel-2 on Azure)',
      tileQuery: false,
      collections: ['sentinel-2-l2a'],
    });
  });

  it('may name one of their collections, or carry a key', () => {
    const root = 'https://earth-search.aws.element84.com/v1';
    expect(sourceAt(root).collections).toEqual(['sentinel-2-l2a', 'sentinel-2-c1-l2a']);
    expect(sourceAt(`${root}/collections/sentinel-2-c1-l2a`)).toMatchObject({
      url: root,
      collections: ['sentinel-2-c1-l2a'],
    });
    expect(sourceAt(`${root}?key=SECRET`)).toMatchObject({ kind: 'api', url: `${root}?key=SECRET` });
  });

  it('are what they turn out to be elsewhere; the title shows no key', () => {
    expect(sourceAt('https://x.test/stac?key=SECRET', 'mine')).toEqual({
      url: 'https://x.test/stac?key=SECRET',
      title: 'https://x.test/stac?***',
      collections: ['mine'],
    });
  });

  it.each([
    'https://api.test/v1/search',
    'https://api.test/v1/collections/c1',
    'https://api.test/v1/collections/c1/items',
  ])('are found from an address below the root of an API: %s', async (url) => {
    const { transport, asked } = stacApi({
      items: ITEMS.map((item) => ({ ...item, collection: url.includes('c1') ? 'c1' : 'sentinel-2-l2a' })),
    });
    expect((await search(transport, { ...OWN, url })).ids).toEqual(IDS);
    expect(asked[0]!.parameters.get('collections')).toBe(url.includes('c1') ? 'c1' : 'sentinel-2-l2a');
  });
});

describe('a key in the root address', () => {
  const item = itemOf(
    'item',
    '2019-04-02T10:10:31Z',
    {},
    {
      assets: {
        B02: { href: 'https://api.test/files/B02.tif' },
        B03: { href: 'https://api.test/files/B03.tif?part=1' },
        B04: { href: 'https://api.test/files/B04.tif?sig=abc%2F&se=1' },
        B08: { href: 'https://elsewhere.test/B08.tif' },
        B11: { href: 'http://api.test/files/B11.tif' },
      },
    },
  );

  it('goes with each request to its own server, also over https where a link says http, and to no other', async () => {
    const { transport, all } = stacApi({ items: [item, ...ITEMS.slice(1, 4)], cap: 2 });
    const { scenes } = await search(transport, { ...OWN, url: 'https://api.test/v1/?key=SECRET%2F' });
    expect(all.length).toBeGreaterThan(3);
    expect(all.every((url) => url.includes('key=SECRET%2F'))).toBe(true);
    expect(scenes.find(({ id }) => id === 'item')!.assets).toEqual({
      B02: 'https://api.test/files/B02.tif?key=SECRET%2F',
      B03: 'https://api.test/files/B03.tif?part=1&key=SECRET%2F',
      B04: 'https://api.test/files/B04.tif?sig=abc%2F&se=1',
      B08: 'https://elsewhere.test/B08.tif',
      B11: 'https://api.test/files/B11.tif?key=SECRET%2F',
    });
  });

  it('goes with the files of a static catalogue too; so do a name and a password', async () => {
    const files = new Map<string, unknown>([
      [
        'https://me:pw@x.test/cat/items.json?sig=1',
        {
          type: 'FeatureCollection',
          features: [itemOf('a', '2019-04-02T10:10:31Z', {}, { assets: { B02: { href: './B02.tif' } } })],
        },
      ],
    ]);
    const transport: Transport = {
      ...stacApi({ items: [] }).transport,
      readJson: async (url) => files.get(url) ?? expect.fail(url),
    };
    for (const url of ['https://me:pw@x.test/cat?sig=1', 'https://me:pw@x.test/cat/items.json?sig=1']) {
      const { scenes } = await search(transport, { url, title: 'Folder' });
      expect(scenes[0]!.assets.B02).toBe('https://me:pw@x.test/cat/B02.tif?sig=1');
    }
  });

  it('is not in what is said when something fails', async () => {
    const { transport } = stacApi({ items: [] });
    const error = await search(transport, { ...OWN, url: 'https://user:PW@api.test/none?key=SECRET' }).catch(
      (thrown: Error) => thrown,
    );
    expect(JSON.stringify([String(error), error])).not.toMatch(/SECRET|PW/);
    expect(String(error)).toContain('api.test/none');
  });
});
