import { describe, expect, it } from 'vitest';
import { type CatalogSource, searchScenes } from '../../../src/catalog';
import { isCropError } from '../../../src/errors';
import { memoryTransport } from '../../support/memory-transport';
import { itemOf } from './scenes';

const { signal } = new AbortController();
const QUERY = { bbox: [14.35, 50.02, 14.4, 50.08], range: { from: '2019-03-01', to: '2019-09-30' } } as const;
const ROOT = 'file:///data/cat';

const link = (rel: string, href: string): object => ({ rel, href, type: 'application/json' });
const catalog = (links: object[], type = 'Catalog'): object => ({ type, id: 'x', stac_version: '1.1.0', links });
const item = (id: string, links: object[] = []): object =>
  itemOf(id, '2019-06-06T10:10:31Z', {}, { links, assets: { B02: { href: './B02.tif' } } });

async function find(
  files: Record<string, unknown>,
  url = ROOT,
): Promise<{ assets: Record<string, string>; skipped: number; asked: string[] }> {
  const transport = memoryTransport(new Map(Object.entries(files)));
  const source: CatalogSource = { url, title: 'Cat', ...(url.startsWith('file:') ? { kind: 'static' } : {}) };
  let skipped = 0;
  const scenes = await searchScenes(source, QUERY, {
    transport,
    signal,
    onSkipped: ({ length }) => (skipped = length),
  });
  const assets = Object.fromEntries(scenes.map(({ id, assets: { B02 } }) => [id, B02!]));
  return { assets, skipped, asked: transport.log.map((request) => request.url) };
}

/** Catalogue, collections, items and a list of items, links up and down as PySTAC writes them. */
function nested(root: string): Record<string, unknown> {
  const up = [link('root', '../catalog.json'), link('parent', '../catalog.json'), link('self', './collection.json')];
  return {
    [`${root}/catalog.json`]: catalog([
      link('root', './catalog.json'),
      link('self', 'https://published.test/catalog.json'),
      link('child', './2019/collection.json'),
      link('child', `${root}/more/catalog.json`),
      link('child', './gone/catalog.json'),
    ]),
    [`${root}/2019/collection.json`]: catalog(
      [...up, link('item', './a/a.json'), link('items', './list.json')],
      'Collection',
    ),
    [`${root}/2019/a/a.json`]: item('a', [
      link('collection', '../collection.json'),
      link('child', '../../catalog.json'),
    ]),
    [`${root}/2019/list.json`]: {
      type: 'FeatureCollection',
      features: [item('b')],
      links: [link('next', './list-2.json')],
    },
    [`${root}/2019/list-2.json`]: {
      type: 'FeatureCollection',
      features: [item('c')],
      links: [link('next', './list.json')],
    },
    // Back to the root, to itself, and to an item that another one has too.
    [`${root}/more/catalog.json`]: catalog([
      link('child', '../catalog.json'),
      link('child', './catalog.json#here'),
      link('item', '../2019/a/a.json'),
      link('item', 'd.json'),
    ]),
    [`${root}/more/d.json`]: item('d'),
  };
}

describe('a catalogue of catalogues', () => {
  it.each([ROOT, `${ROOT}/catalog.json`, 'https://x.test/cat', 'https://x.test/cat/catalog.json'])(
    'is read to its items, each file once: %s',
    async (url) => {
      const root = url.replace('/catalog.json', '');
      const { assets, skipped, asked } = await find(nested(root), url);
      expect(assets).toEqual({
        a: `${root}/2019/a/B02.tif`,
        b: `${root}/2019/B02.tif`,
        c: `${root}/2019/B02.tif`,
        d: `${root}/more/B02.tif`,
      });
      expect(skipped).toBe(1);
      const read = asked.filter(
        (address) => !/\/(items|collection)\.json$|cat$/.test(address) || address.includes('2019'),
      );
      expect(read.length).toBe(new Set(read).size);
    },
  );

  it('may be served without a file name, its links beside the address that it gives itself', async () => {
    const url = 'https://x.test/stac';
    const { assets } = await find(
      {
        [url]: catalog([link('self', 'https://x.test/stac/'), link('child', './2019')]),
        'https://x.test/stac/2019': catalog([link('item', './2019/a.json')]),
        'https://x.test/stac/2019/a.json': item('a'),
      },
      url,
    );
    expect(assets).toEqual({ a: 'https://x.test/stac/2019/B02.tif' });
  });

  it('is not followed for ever', async () => {
    const files: Record<string, unknown> = {
      [`${ROOT}/catalog.json`]: catalog([link('child', './0/catalog.json'), link('item', './a.json')]),
    };
    let folder = ROOT;
    for (let depth = 0; depth < 40; depth++) {
      folder += `/${depth}`;
      files[`${folder}/catalog.json`] = catalog([link('child', `./${depth + 1}/catalog.json`)]);
    }
    files[`${ROOT}/a.json`] = item('a');
    const { assets, asked } = await find(files);
    expect(Object.keys(assets)).toEqual(['a']);
    expect(asked.length).toBeLessThan(20);
  });

  it('is given up with more items than anybody reads', async () => {
    const many = {
      type: 'FeatureCollection',
      features: Array.from({ length: 10_001 }, (_, at) => item(`i${at}`)),
      links: [],
    };
    const files = { [`${ROOT}/catalog.json`]: catalog([link('items', './many.json')]), [`${ROOT}/many.json`]: many };
    const error = await find(files).catch((thrown: unknown) => thrown);
    expect(isCropError(error, 'catalog/paging')).toBe(true);
  });
});

describe('a single file', () => {
  it.each([
    ['an item', 'scene.json', item('a')],
    ['a list of items', 'list.geojson', { type: 'FeatureCollection', features: [item('a')], links: [] }],
    ['a collection', 'c.json', catalog([link('item', './a.json')], 'Collection')],
  ])('may be %s', async (_, name, content) => {
    for (const root of [ROOT, 'https://x.test/cat']) {
      const files = { [`${root}/${name}`]: content, [`${root}/a.json`]: item('a') };
      expect((await find(files, `${root}/${name}`)).assets).toEqual({ a: `${root}/B02.tif` });
    }
  });

  it('must be STAC', async () => {
    const error = await find({ [`${ROOT}/x.json`]: { type: 'Topology' } }, `${ROOT}/x.json`).catch(
      (thrown: unknown) => thrown,
    );
    expect(isCropError(error, 'catalog/not-stac')).toBe(true);
  });
});

describe('files of items', () => {
  const assetsOf = async (assets: Record<string, unknown>): Promise<Record<string, string>> => {
    const list = {
      type: 'FeatureCollection',
      features: [itemOf('a', '2019-06-06T10:10:31Z', {}, { assets })],
      links: [],
    };
    const transport = memoryTransport(new Map([[`${ROOT}/items.json`, list]]));
    const [scene] = await searchScenes({ kind: 'static', url: ROOT, title: 'Cat' }, QUERY, { transport, signal });
    return { ...scene!.assets };
  };

  it('are told by their bands where the key says nothing, by those of STAC 1.0 and of 1.1', async () => {
    const assets = {
      'reflectance-a': { href: 'a.tif', 'eo:bands': [{ name: 'B02', common_name: 'blue' }] },
      'reflectance-b': { href: 'b.tif', bands: [{ name: 'band-3', 'eo:common_name': 'green' }] },
      'reflectance-c': { href: 'c.tif', bands: [{ name: 'B8A', 'eo:common_name': 'nir08' }] },
      'reflectance-d': { href: 'd.tif', bands: [{ name: 'x', 'eo:common_name': 'rededge' }] },
      // All visible bands in one picture, and a picture of one band.
      picture: { href: 'tci.tif', 'eo:bands': [{ name: 'B04' }, { name: 'B03' }, { name: 'B02' }] },
      quicklook: { href: 'q.tif', roles: ['overview'], bands: [{ name: 'B04' }] },
    };
    expect(await assetsOf(assets)).toEqual({ B02: `${ROOT}/a.tif`, B03: `${ROOT}/b.tif`, B8A: `${ROOT}/c.tif` });
  });

  it('are told by keys in any spelling, and taken in the finest resolution', async () => {
    const assets = {
      B02_60m: { href: '60.tif', gsd: 60, bands: [{ name: 'B02' }] },
      B02_10m: { href: '10.tif', gsd: 10, bands: [{ name: 'B02' }] },
      b03: { href: 'b03.tif' },
      'B11-20m': { href: 'b11.tif' },
      SCL_20m: { href: 'scl.tif' },
      B4: { href: 'b04.tif' },
    };
    expect(await assetsOf(assets)).toEqual({
      B02: `${ROOT}/10.tif`,
      B03: `${ROOT}/b03.tif`,
      B04: `${ROOT}/b04.tif`,
      B11: `${ROOT}/b11.tif`,
      SCL: `${ROOT}/scl.tif`,
    });
  });

  it('are taken over https where their bucket wants an account', async () => {
    const assets = {
      blue: { href: 's3://closed/B02.tif', alternate: { https: { href: 'https://x.test/B02.tif' } } },
      green: { href: 's3://sentinel-cogs/sentinel-s2-l2a-cogs/33/U/VR/B03.tif' },
      red: { href: 's3://closed/B04.tif', alternate: { s3: { href: 's3://other/B04.tif' } } },
      nir: { href: 'https://y.test/B08.tif', alternate: { s3: { href: 's3://other/B08.tif' } } },
      nir08: {
        href: 's3://closed/B8A.jp2',
        type: 'image/jp2',
        alternate: { https: { href: 'https://x.test/$value' } },
      },
    };
    expect(await assetsOf(assets)).toEqual({
      B02: 'https://x.test/B02.tif',
      B03: 'https://sentinel-cogs.s3.us-west-2.amazonaws.com/sentinel-s2-l2a-cogs/33/U/VR/B03.tif',
      B08: 'https://y.test/B08.tif',
    });
  });
});
