import { describe, expect, it } from 'vitest';
import { areaOf } from '../../../cli/area';
import { catalogSource } from '../../../cli/catalog-source';
import { dateSubsetsOption } from '../../../cli/date-subsets';
import { readingOptions, smoothingOption } from '../../../cli/reading';
import { sceneRequest } from '../../../cli/request';
import { isCropError } from '../../../src/errors';
import { writeGeoTiff, type GeoTiffImage } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { bufferTerminal, commandContext, rejection } from './support';

const context = commandContext(bufferTerminal({ workingFolder: '/data' }));
const nothing = memoryTransport(new Map());
const options = (values: Record<string, string>) => new Map(Object.entries(values));

function area(values: Record<string, string>, transport = nothing): ReturnType<typeof areaOf> {
  return areaOf(options(values), 'map', context, transport);
}

async function rasterWith(change: Partial<GeoTiffImage>): Promise<typeof nothing> {
  const image = { epsg: 32631, xMin: 501_360, yMax: 5_629_680, pixelMetres: 10, columns: 4, rows: 3 };
  const bytes = await writeGeoTiff({ ...image, bands: [new Uint8Array(12)], nodata: 255, ...change });
  return memoryTransport(new Map([['file:///data/labels.tif', bytes]]));
}

describe('areaOf', () => {
  it('knows the cells of the Czech grid and the tile they are read from', async () => {
    const { grid, tiles, title } = await area({ cell: '355' });
    expect(grid).toMatchObject({ epsg: 32633, columns: 1098, rows: 1098 });
    expect(tiles).toEqual(['33UVR']);
    expect(title).toBe('Cell 355, tile 33UVR');
  });

  it('makes a 10 m window of a box', async () => {
    const { grid, tiles } = await area({ bbox: '3.02,50.81,3.03,50.82' });
    expect(grid).toMatchObject({ epsg: 32631, pixelMetres: 10 });
    expect(tiles).toBeUndefined();
  });

  it('takes CRS, extent and grid of a raster, reading no pixel of it', async () => {
    const transport = await rasterWith({});
    const { grid, title } = await area({ like: 'labels.tif' }, transport);
    expect(grid).toEqual({ epsg: 32631, xMin: 501_360, yMax: 5_629_680, pixelMetres: 10, columns: 4, rows: 3 });
    expect(title).toBe('Grid of labels.tif, 40 x 30 m');
    expect(transport.log).toHaveLength(1);
  });

  it.each([
    ['a pixel size off by rounding', { pixelMetres: 10.000000000000002 }],
    ['a corner off by rounding', { xMin: 501_360.000000001, yMax: 5_629_679.9999999 }],
    ['ETRS89 / UTM', { epsg: 25831 }],
  ])('takes a raster with %s as the grid that was meant', async (_, change) => {
    const { grid } = await area({ like: 'labels.tif' }, await rasterWith(change));
    expect(grid).toEqual({ epsg: 32631, xMin: 501_360, yMax: 5_629_680, pixelMetres: 10, columns: 4, rows: 3 });
  });

  it.each([
    [{ pixelMetres: 20 }, 'its pixels measure 20 m, not 10 m'],
    [{ epsg: 3857 }, 'EPSG:3857 is not a UTM zone'],
    [{ epsg: 23031 }, 'EPSG:23031 is not a UTM zone'],
    [{ xMin: 501_363 }, 'is not on a multiple of 10 m'],
  ])('refuses a raster with %j', async (change, reason) => {
    const transport = await rasterWith(change);
    const error = await rejection(() => area({ like: 'labels.tif' }, transport));
    expect(isCropError(error, 'cli/unsuitable-raster')).toBe(true);
    expect((error as Error).message).toContain(reason);
  });

  it.each([
    [{}, 'cli/usage-no-area'],
    [{ cell: '1', bbox: '1,2,3,4' }, 'cli/usage-conflict'],
    [{ cell: '1200' }, 'cli/usage-bad-value'],
    [{ cell: '-1' }, 'cli/usage-bad-value'],
    [{ cell: '3.5' }, 'cli/usage-bad-value'],
    [{ bbox: '1,2,3' }, 'cli/usage-bad-value'],
    [{ bbox: '1,2,,4' }, 'cli/usage-bad-value'],
    [{ bbox: '4,50,3,51' }, 'geo/bad-bbox'],
    [{ like: 'missing.tif' }, 'cli/no-such-file'],
  ])('refuses %j as %s', async (values, code) => {
    const error = await rejection(() => area(values as Record<string, string>));
    expect((error as { code?: string }).code).toBe(code);
  });
});

describe('catalogSource', () => {
  const source = (catalog: string) => catalogSource(catalog, '/data');

  it('takes a folder for a static catalogue, whichever way it is written', () => {
    for (const catalog of ['series', './series/', '/data/series', 'file:///data/series']) {
      expect(source(catalog)).toMatchObject({ kind: 'static', url: 'file:///data/series' });
    }
  });

  it('leaves it to the search what an address is', () => {
    const url = 'https://stac.example/v1';
    expect(source(`${url}/`)).toEqual({ url, title: url, collections: ['sentinel-2-l2a'] });
  });

  it('says that the companion cannot be used yet', async () => {
    expect(isCropError(await rejection(async () => source('companion')), 'cli/usage-bad-value')).toBe(true);
  });

  it('knows the public archive by name', () => {
    expect(source('earth-search')).toMatchObject({
      kind: 'api',
      url: 'https://earth-search.aws.element84.com/v1',
    });
  });
});

describe('sceneRequest', () => {
  const request = (values: Record<string, string>, transport = nothing) =>
    sceneRequest(options(values), 'search', context, transport);

  it('puts place, time, source and limits together', async () => {
    const values = {
      catalog: 'series',
      cell: '0',
      season: '2019',
      months: '4-6',
      'max-cloud': '40',
      'max-dates': '12',
    };
    expect(await request(values)).toMatchObject({
      season: 2019,
      range: { from: '2019-04-01', to: '2019-06-30' },
      source: { kind: 'static' },
      maxCloudPercent: 40,
      maxDates: 12,
      tiles: ['33UUQ'],
    });
  });

  it('takes further catalogues in the order given', async () => {
    const values = { catalog: 'series', fallback: 'planetary-computer,more', cell: '0', season: '2019' };
    const { source, fallbacks } = await request(values);
    expect([source, ...fallbacks!].map(({ url }) => url)).toEqual([
      'file:///data/series',
      'https://planetarycomputer.microsoft.com/api/stac/v1',
      'file:///data/more',
    ]);
  });

  it.each([
    [{ cell: '0', season: '2019' }, 'search needs --catalog.'],
    [{ catalog: 'c', cell: '0' }, 'search needs --season.'],
    [{ catalog: 'c', cell: '0', season: '19' }, 'There is no season 19.'],
    [{ catalog: 'c', cell: '0', season: 'last' }, 'whole number in bounds'],
    [{ catalog: 'c', cell: '0', season: '2019', 'max-cloud': '101' }, 'whole number in bounds'],
    [{ catalog: 'c', cell: '0', season: '2019', 'max-dates': '0' }, 'whole number in bounds'],
  ])('refuses %j before it reads a byte', async (values, message) => {
    const transport = memoryTransport(new Map());
    const error = await rejection(() => request(values as Record<string, string>, transport));
    expect((error as Error).message).toContain(message);
    expect(transport.log).toHaveLength(0);
  });
});

describe('readingOptions', () => {
  it.each([
    [{}, {}],
    [{ 'max-cell-cloud': '80' }, { maxCloudShare: 0.8 }],
    [{ offset: 'auto' }, {}],
    [{ offset: '0' }, { offsetOverride: 0 }],
    [
      { offset: '-1000', 'max-cell-cloud': '100' },
      { offsetOverride: -1000, maxCloudShare: 1 },
    ],
  ])('reads %j', (values, expected) => {
    expect(readingOptions(options(values as Record<string, string>))).toEqual(expected);
  });

  it('smooths by objects only where that is asked for', () => {
    const option = (...values: string[]) => smoothingOption(new Map(values.map((value) => ['smooth', value])));
    expect([option(), option('none'), option('objects')]).toEqual([{}, {}, { smoothing: 'objects' }]);
    expect(() => option('fields')).toThrow(/--smooth fields cannot be used/);
  });

  it.each([{ offset: '1000' }, { offset: '' }, { 'max-cell-cloud': '101' }, { 'max-cell-cloud': 'half' }])(
    'refuses %j',
    async (values) => {
      const error = await rejection(() => readingOptions(options(values as Record<string, string>)));
      expect(isCropError(error, 'cli/usage-bad-value')).toBe(true);
    },
  );
});

describe('dateSubsetsOption', () => {
  it.each([
    [{}, {}],
    [{ 'date-subsets': 'auto' }, {}],
    [{ 'date-subsets': 'off' }, { dateSubsets: 1 }],
    [{ 'date-subsets': '4' }, { dateSubsets: 4 }],
  ])('reads %j', (values, expected) => {
    expect(dateSubsetsOption(options(values as Record<string, string>))).toEqual(expected);
  });

  it.each(['0', '-2', '1.5', 'four', '1001', ''])('refuses %j', async (value) => {
    const error = await rejection(() => dateSubsetsOption(options({ 'date-subsets': value })));
    expect(isCropError(error, 'cli/usage-bad-value')).toBe(true);
  });
});
