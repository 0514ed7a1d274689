import { describe, expect, it } from 'vitest';
import type { AssetName, Scene } from '../../../src/catalog';
import { buildSeries, type SeriesRequest } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { BANDS, coarsePixel, TINY_GRID, tinyScene, type TinySceneOptions } from '../../support/tiny-scene';

const INPUT = { bands: BANDS, mean: BANDS.map(() => 0), std: BANDS.map(() => 1) };
const PIXELS = TINY_GRID.columns * TINY_GRID.rows;
const COLUMNS = TINY_GRID.columns;
const DATE = '2019-05-01';
const { signal } = new AbortController();

interface Seen {
  readonly scl: readonly number[];
  /** Of all bands, by pixel. */
  readonly dn: readonly (readonly number[])[];
  readonly record: Awaited<ReturnType<typeof buildSeries>>['series']['dates'][number];
  readonly requested: (scene: Scene, band: AssetName) => boolean;
}

/** What the series of one day holds. */
async function day(
  make: (files: Map<string, unknown>) => Scene[],
  request: Partial<SeriesRequest> = {},
): Promise<Seen> {
  const files = new Map<string, unknown>();
  const scenes = make(files);
  const transport = memoryTransport(files);
  const asked = { scenes, grid: TINY_GRID, input: INPUT, referenceDate: '2018-09-01', ...request };
  const { series } = await buildSeries(asked, { transport, signal });
  const whole = { column: 0, row: 0, columns: COLUMNS, rows: TINY_GRID.rows };
  const dn = await series.pixels.read(DATE, whole);
  return {
    scl: [...(await series.pixels.history(DATE, 0, PIXELS)).scl],
    dn: Array.from({ length: PIXELS }, (_, pixel) => BANDS.map((_band, band) => dn[band * PIXELS + pixel]!)),
    record: series.dates[0]!,
    requested: (scene, band) => transport.log.some(({ url }) => url === scene.assets[band]),
  };
}

const one = (options: Partial<TinySceneOptions>) => (files: Map<string, unknown>) => [
  tinyScene(files, { date: DATE, ...options }),
];

/** By column of the 20 m pixels, of which the window has four. */
const byColumn =
  (...values: number[]) =>
  (band: AssetName, pixel: number): number =>
    values[coarsePixel(band, pixel).column]!;
const sclByColumn = (...values: number[]) => byColumn(...values).bind(null, 'SCL');

const columnsOf = (values: readonly number[]): number[] =>
  values.filter((_, pixel) => pixel < COLUMNS && pixel % 2 === 0);

/** Values of one band along the first row, at every second pixel: one for each 20 m pixel. */
const row = ({ dn }: Seen, band = 0): number[] => columnsOf(dn.map((bands) => bands[band]!));

/** That classes and bands agree on what was seen, at every pixel. */
function expectCanonical({ scl, dn }: Seen): void {
  scl.forEach((code, pixel) => {
    if (code === 0) expect(dn[pixel]).toEqual(BANDS.map(() => 0));
    else expect(Math.min(...dn[pixel]!)).toBeGreaterThanOrEqual(1);
  });
}

describe('a pixel was not seen', () => {
  it.each([
    [8, 'no data', 0],
    [8, 'defective', 1],
    [8, 'a code of nobody', 12],
    [16, 'no data', 0],
    [16, 'defective', 1],
    [16, 'a code of nobody, whose lower byte is one of ESA,', 260],
  ] as const)('where SCL of %i bits says %s, whatever the DN', async (sclBits, _, code) => {
    const seen = await day(one({ sclBits, scl: sclByColumn(code, code, 4, 11), dn: () => 64_800 }));
    expectCanonical(seen);
    expect(columnsOf(seen.scl)).toEqual([0, 0, 4, 11]);
    expect(row(seen)).toEqual([0, 0, 64_800, 64_800]);
    expect(seen.record).toMatchObject({ nodataShare: 0.5, cloudShare: 0.25 });
  });

  it.each([
    ['the file declares', { nodata: 65_535 }, 65_535],
    ['the catalogue declares', { nodata: null, scene: { assetNodata: { B05: 40_000 } } }, 40_000],
    ['Sentinel-2 products have, where nobody declares one,', { nodata: null }, 0],
  ] as const)('where one band holds the value for no data that %s', async (_, options, value) => {
    const dn = (band: AssetName, pixel: number): number =>
      band === 'B05' && coarsePixel(band, pixel).column === 1 ? value : 2000;
    const seen = await day(one({ ...options, dn }));
    expectCanonical(seen);
    expect(columnsOf(seen.scl)).toEqual([4, 0, 4, 4]);
    expect(seen.record.nodataShare).toBe(0.25);
  });

  it('where all bands are 0, though the files declare another value', async () => {
    const seen = await day(one({ nodata: 65_535, dn: byColumn(0, 2000, 2000, 2000) }));
    expect(columnsOf(seen.scl)).toEqual([0, 4, 4, 4]);
  });

  it('where SCL holds the value that its own file declares', async () => {
    const seen = await day(one({ nodata: 6, scl: sclByColumn(4, 6, 5, 4) }));
    expect(columnsOf(seen.scl)).toEqual([4, 0, 5, 4]);
  });

  it('and one that was seen keeps a DN of 1 at least, also where a file with another value for no data holds 0', async () => {
    const dn = (band: AssetName, pixel: number): number =>
      band === 'B12' && coarsePixel(band, pixel).column === 2 ? 0 : 1500;
    const seen = await day(
      one({ nodata: 65_535, dn, scene: { boaOffsetApplied: null, collection: 'sentinel-2-c1-l2a' } }),
    );
    expectCanonical(seen);
    expect(columnsOf(seen.scl)).toEqual([4, 4, 4, 4]);
    expect(row(seen, BANDS.indexOf('B12'))[2]).toBe(1);
    expect(row(seen)).toEqual([500, 500, 500, 500]);
  });
});

describe('a pixel beside unseen ones', () => {
  it.each([
    ['65535 that the file declares', { nodata: 65_535 }, 65_535, 4],
    ['whatever lies where SCL says no data', {}, 64_800, 0],
    ['whatever lies where SCL says defective', { nodata: null }, 1, 1],
  ] as const)('takes nothing of %s, in bands of 20 m either', async (_, options, value, code) => {
    const seen = await day(
      one({ ...options, dn: byColumn(value, value, 3000, 3000), scl: sclByColumn(code, code, 4, 4) }),
    );
    expectCanonical(seen);
    seen.dn.forEach((bands, pixel) => {
      if (pixel % COLUMNS >= COLUMNS / 2) expect(bands).toEqual(BANDS.map(() => 3000));
    });
    expect(columnsOf(seen.scl)).toEqual([0, 0, 4, 4]);
  });
});

describe('scenes of one day', () => {
  const later = { datetime: `${DATE}T10:00:20Z` };
  const otherPass = { platform: 'sentinel-2b', datetime: `${DATE}T10:13:00Z` };

  it('are completed by the next one where bands lack what SCL has', async () => {
    const scenes: Scene[] = [];
    const seen = await day((files) => {
      scenes.push(
        tinyScene(files, { date: DATE, dn: byColumn(0, 0, 1111, 1111) }),
        tinyScene(files, { date: DATE, tile: '33UWR', dn: () => 2222, scene: later }),
      );
      return scenes;
    });
    expectCanonical(seen);
    expect(row(seen)).toEqual([2222, 2222, 1111, 1111]);
    expect(seen.record).toMatchObject({ sceneIds: scenes.map(({ id }) => id), nodataShare: 0 });
  });

  it('are not opened where nothing is lacking', async () => {
    const scenes: Scene[] = [];
    const seen = await day((files) => {
      scenes.push(
        tinyScene(files, { date: DATE, dn: () => 1111 }),
        tinyScene(files, { date: DATE, tile: '33UWR', dn: () => 2222, scene: otherPass }),
      );
      return scenes;
    });
    expect(seen.requested(scenes[1]!, 'SCL')).toBe(false);
    expect(seen.record.sceneIds).toEqual([scenes[0]!.id]);
  });

  it('give their clear pixels where another pass saw cloud', async () => {
    const scenes: Scene[] = [];
    const seen = await day((files) => {
      scenes.push(
        tinyScene(files, { date: DATE, dn: () => 1111, scl: sclByColumn(9, 9, 4, 0) }),
        tinyScene(files, { date: DATE, tile: '33UWR', dn: () => 2222, scl: sclByColumn(5, 8, 5, 9), scene: otherPass }),
      );
      return scenes;
    });
    expectCanonical(seen);
    expect(columnsOf(seen.scl)).toEqual([5, 9, 4, 9]);
    expect(row(seen)).toEqual([2222, 1111, 1111, 2222]);
    expect(seen.record).toMatchObject({ cloudShare: 0.5, nodataShare: 0 });
  });

  it('of one pass do not replace each other: they show the same cloud', async () => {
    const scenes: Scene[] = [];
    const seen = await day((files) => {
      scenes.push(
        tinyScene(files, { date: DATE, dn: () => 1111, scl: sclByColumn(9, 4, 4, 4) }),
        tinyScene(files, { date: DATE, tile: '33UWR', dn: () => 2222, scene: later }),
      );
      return scenes;
    });
    expect(row(seen)).toEqual([1111, 1111, 1111, 1111]);
    expect(seen.requested(scenes[1]!, 'SCL')).toBe(false);
  });

  it('cost no bands where a clearer pass covers all that they have', async () => {
    const scenes: Scene[] = [];
    const seen = await day((files) => {
      scenes.push(
        tinyScene(files, { date: DATE, dn: () => 1111, scl: () => 9 }),
        tinyScene(files, { date: DATE, tile: '33UWR', dn: () => 2222, scene: otherPass }),
      );
      return scenes;
    });
    expect(row(seen)).toEqual([2222, 2222, 2222, 2222]);
    expect(seen.record.sceneIds).toEqual([scenes[1]!.id]);
    expect(seen.requested(scenes[0]!, 'B02')).toBe(false);
  });
});

describe('a day that only its bands show to be empty', () => {
  it('is left out', async () => {
    const files = new Map<string, unknown>();
    const scenes = [tinyScene(files, { date: DATE, dn: () => 0 }), tinyScene(files, { date: '2019-06-01' })];
    const request = { scenes, grid: TINY_GRID, input: INPUT, referenceDate: '2018-09-01' };
    const { series } = await buildSeries(request, { transport: memoryTransport(files), signal });
    expect(series.dates.map(({ date }) => date)).toEqual(['2019-06-01']);
  });

  it('or to be cloudy is skipped as one that SCL shows to be so', async () => {
    const files = new Map<string, unknown>();
    const scl = sclByColumn(9, 4, 4, 4);
    const scenes = [
      tinyScene(files, { date: DATE, scl, dn: byColumn(2000, 0, 0, 0) }),
      tinyScene(files, { date: '2019-06-01' }),
    ];
    const request = { scenes, grid: TINY_GRID, input: INPUT, referenceDate: '2018-09-01', maxCloudShare: 0.9 };
    const { summary } = await buildSeries(request, { transport: memoryTransport(files), signal });
    expect(summary.skipped).toMatchObject([{ date: DATE, cloudShare: 0.25, nodataShare: 0.75 }]);
  });
});
