import { describe, expect, it } from 'vitest';
import { isAbort, isCropError } from '../../../src/errors';
import type { Scene } from '../../../src/catalog';
import {
  buildSeries,
  type BuildOptions,
  clarity,
  createSeriesPort,
  daysSince,
  packHistory,
  pixelHistory,
  referenceDate,
  type SeriesProgress,
  type SeriesRequest,
} from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { BANDS, coarsePixel, TINY_GRID, tinyScene, type TinySceneOptions } from '../../support/tiny-scene';

const INPUT = { bands: BANDS, mean: BANDS.map(() => 1000), std: BANDS.map(() => 500) };
const WHOLE = { column: 0, row: 0, columns: TINY_GRID.columns, rows: TINY_GRID.rows };
const PIXELS = TINY_GRID.columns * TINY_GRID.rows;
const REFERENCE = '2018-09-01';
const forever = new AbortController().signal;

/** Builds over the tiny grid; `dn` reads a date's pixels back, [bands, rows, columns]. */
async function build(
  scenes: readonly Scene[],
  options: Omit<BuildOptions, 'signal'> & { readonly signal?: AbortSignal },
  request: Partial<SeriesRequest> = {},
) {
  const { series, summary } = await buildSeries(
    { scenes, grid: TINY_GRID, input: INPUT, referenceDate: REFERENCE, ...request },
    { signal: forever, ...options },
  );
  const dn = (at: number) => series.pixels.read(series.dates[at]!.date, WHOLE);
  return { series, summary, dates: series.dates, dn };
}

describe('the calendar of a network', () => {
  it('counts from 1 September of the year before the season', () => {
    expect(referenceDate(2019, { month: 9, day: 1, yearsBeforeSeason: 1 })).toBe('2018-09-01');
    expect(daysSince('2018-09-01', '2018-09-01')).toBe(0);
    expect(daysSince('2018-09-01', '2019-03-01')).toBe(181);
    expect(daysSince('2019-09-01', '2020-03-01')).toBe(182);
  });
});

describe('the scene classification', () => {
  it('counts shadow, cloud, cirrus and snow as obscured; no data, defects and codes of nobody as not seen', () => {
    const codes = new Uint8Array([0, 1, 12, 255, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 4, 4]);
    expect(clarity(codes)).toEqual({ cloudShare: 5 / 16, nodataShare: 4 / 16 });
  });
});

describe('building a series', () => {
  it('puts dates in order, bands in the order asked for, one date per day', async () => {
    const files = new Map<string, unknown>();
    const dn = (band: string): number => 100 * (BANDS.indexOf(band as never) + 1);
    const late = tinyScene(files, { date: '2019-05-01', dn });
    const early = tinyScene(files, { date: '2019-04-01', dn });
    const seen: SeriesProgress[] = [];
    const transport = memoryTransport(files);
    const series = await build([late, early], { transport, onDate: (progress) => seen.push(progress) });
    expect(series.dates.map(({ date, day }) => [date, day])).toEqual([
      ['2019-04-01', 212],
      ['2019-05-01', 242],
    ]);
    const first = await series.dn(0);
    expect(BANDS.map((_, band) => first[band * PIXELS])).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(series.dates[0]).toMatchObject({ cloudShare: 0, nodataShare: 0, offset: { addDn: 0, rule: 'flag' } });
    expect(seen.map(({ done, total }) => [done, total])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(seen[1]).toMatchObject(transport.traffic());
  });

  it('takes out the offset of a producer that left it in, keeping no data', async () => {
    const files = new Map<string, unknown>();
    const scene = tinyScene(files, {
      date: '2023-05-01',
      dn: (band, pixel) => [0, 900, 3000, 3000][coarsePixel(band, pixel).column]!,
      scene: { boaOffsetApplied: null, processingBaseline: '05.09', collection: 'sentinel-2-c1-l2a' },
    });
    const series = await build([scene], { transport: memoryTransport(files) });
    expect(series.dates[0]!.offset.addDn).toBe(-1000);
    expect([...(await series.dn(0)).slice(0, 8)]).toEqual([0, 0, 1, 1, 2000, 2000, 2000, 2000]);
  });

  it('lets a neighbouring tile fill only what the first one lacks', async () => {
    const files = new Map<string, unknown>();
    const halfEmpty = (pixel: number): number => (pixel % 4 < 2 ? 4 : 0);
    const first = tinyScene(files, { date: '2019-05-01', tile: '33UVR', scl: halfEmpty, dn: () => 1111 });
    const second = tinyScene(files, { date: '2019-05-01', tile: '33UWR', dn: () => 2222 });
    const series = await build([first, second], { transport: memoryTransport(files) });
    expect(series.dates).toHaveLength(1);
    expect(series.dates[0]).toMatchObject({ sceneIds: [first.id, second.id], nodataShare: 0 });
    expect([...(await series.dn(0)).slice(0, TINY_GRID.columns)]).toEqual([
      1111, 1111, 1111, 1111, 2222, 2222, 2222, 2222,
    ]);
  });

  it('spends no bands on a date without data', async () => {
    const files = new Map<string, unknown>();
    const empty = tinyScene(files, { date: '2019-05-01', scl: () => 0 });
    const full = tinyScene(files, { date: '2019-06-01' });
    const transport = memoryTransport(files);
    const series = await build([empty, full], { transport });
    expect(series.dates.map(({ date }) => date)).toEqual(['2019-06-01']);
    expect(new Set(transport.log.filter(({ url }) => url.includes(empty.id)).map(({ url }) => url)).size).toBe(1);
  });

  it('names the scene and keeps the cause when a file is missing', async () => {
    const files = new Map<string, unknown>();
    const scene = tinyScene(files, { date: '2019-05-01' });
    files.delete(scene.assets.B05!);
    await expect(build([scene], { transport: memoryTransport(files) })).rejects.toSatisfy(
      (error) =>
        isCropError(error, 'series/scene-unreadable') &&
        error.message.includes(scene.id) &&
        isCropError(error.cause, 'net/not-found'),
    );
  });

  it('names the band that an item does not list', async () => {
    const files = new Map<string, unknown>();
    const scene = tinyScene(files, { date: '2019-05-01', omit: 'B11' });
    await expect(build([scene], { transport: memoryTransport(files) })).rejects.toSatisfy(
      (error) =>
        error instanceof Error &&
        isCropError(error.cause, 'series/missing-asset') &&
        error.cause.message.includes('B11'),
    );
  });

  it('says so when no date has data', async () => {
    const files = new Map<string, unknown>();
    const scene = tinyScene(files, { date: '2019-05-01', scl: () => 0 });
    await expect(build([scene], { transport: memoryTransport(files) })).rejects.toSatisfy((error) =>
      isCropError(error, 'series/no-data'),
    );
  });

  it('stops reading when cancelled', async () => {
    const files = new Map<string, unknown>();
    const scenes = ['2019-04-01', '2019-05-01', '2019-06-01', '2019-07-01'].map((date) => tinyScene(files, { date }));
    const transport = memoryTransport(files);
    const stop = new AbortController();
    const cancelled = build(scenes, { transport, signal: stop.signal, onDate: () => stop.abort() });
    await expect(cancelled).rejects.toSatisfy(isAbort);
    expect(transport.log.some(({ url }) => url.includes(scenes[3]!.id))).toBe(false);
  });
});

describe('tiles of a series', () => {
  async function portOf(dn: TinySceneOptions['dn'] & {}): Promise<ReturnType<typeof createSeriesPort>> {
    const files = new Map<string, unknown>();
    const port = createSeriesPort(memoryTransport(files));
    const scenes = [tinyScene(files, { date: '2019-05-01', dn })];
    const request = { scenes, grid: TINY_GRID, input: INPUT, referenceDate: REFERENCE };
    await port.build(request, forever, () => undefined);
    return port;
  }

  it('are normalised with the mean and deviation of each band', async () => {
    const port = await portOf((_, pixel) => 1000 + pixel);
    const tile = await port.tile(2, 1, 3, 2, forever);
    expect(tile).toMatchObject({ columns: 3, rows: 2, days: [242] });
    const first = 1 * TINY_GRID.columns + 2;
    expect([...tile.pixels[0]!.slice(0, 6)]).toEqual(
      [first, first + 1, first + 2, first + 8, first + 9, first + 10].map((pixel) => Math.fround(pixel / 500)),
    );
  });

  it('leave out dates that are empty in them', async () => {
    const port = await portOf((band, pixel) => (coarsePixel(band, pixel).column === 3 ? 500 : 0));
    expect((await port.tile(0, 0, 2, 6, forever)).days).toEqual([]);
    expect((await port.tile(4, 0, 4, 6, forever)).days).toEqual([242]);
  });

  it('cannot be had before a series is built', async () => {
    const port = createSeriesPort(memoryTransport(new Map()));
    await expect(port.tile(0, 0, 1, 1, forever)).rejects.toSatisfy((error) => isCropError(error, 'series/not-built'));
  });
});

describe('the history of a pixel', () => {
  it('keeps NDVI to a hundredth, the classification, and what no date has seen', async () => {
    const files = new Map<string, unknown>();
    const value = (band: string): number => (band === 'B04' ? 500 : 3500);
    const scene = tinyScene(files, {
      date: '2019-05-01',
      dn: value,
      scl: (pixel) => (pixel === 0 ? 9 : 0),
    });
    const port = createSeriesPort(memoryTransport(files));
    await port.build(
      { scenes: [scene], grid: TINY_GRID, input: INPUT, referenceDate: REFERENCE },
      forever,
      () => undefined,
    );
    const history = await port.histories(forever);
    expect(await pixelHistory(history, 0)).toEqual({ dates: ['2019-05-01'], ndvi: [0.75], scl: [9] });
    expect(await pixelHistory(history, PIXELS - 1)).toMatchObject({ ndvi: [null], scl: [0] });
    const covered = [0, 1, TINY_GRID.columns, TINY_GRID.columns + 1];
    const expected = Array.from({ length: PIXELS }, (_, at) => (covered.includes(at) ? 1 : 0));
    expect([...(await port.coverage(forever))]).toEqual(expected);
  });

  it('is packed in strips of a few megabytes, whatever the number of pixels and dates', async () => {
    const dates = Array.from({ length: 100 }, (_, nth) => `date ${nth}`);
    const size = 50_000;
    const strips: number[] = [];
    const value = (nth: number, pixel: number): number => (nth * 7 + pixel) % 201;
    const history = await packHistory(
      dates,
      size,
      async (date, first, count) => {
        const nth = dates.indexOf(date);
        if (nth === 0) strips.push(count);
        const ndvi = Uint8Array.from({ length: count }, (_, at) => value(nth, first + at));
        return { ndvi, scl: ndvi.map((stored) => stored % 12) };
      },
      forever,
    );
    expect(strips.length).toBeGreaterThan(1);
    expect(Math.max(...strips) * dates.length * 2).toBeLessThanOrEqual(4e6);
    for (const pixel of [0, strips[0]! - 1, strips[0]!, size - 1]) {
      const { ndvi, scl } = await pixelHistory(history, pixel);
      expect(ndvi).toEqual(dates.map((_, nth) => (value(nth, pixel) - 100) / 100));
      expect(scl).toEqual(dates.map((_, nth) => value(nth, pixel) % 12));
    }
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(packHistory(dates, size, () => expect.fail('read on'), stop)).rejects.toThrow('enough');
  });
});
