import { describe, expect, it } from 'vitest';
import { isAbort, isCropError } from '../../../src/errors';
import {
  buildSeries,
  clarity,
  coverage,
  createSeriesPort,
  daysSince,
  normaliseTile,
  packHistory,
  pixelHistory,
  referenceDate,
  type SeriesProgress,
} from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { BANDS, TINY_GRID, tinyScene } from '../../support/tiny-scene';

const INPUT = { bands: BANDS, mean: BANDS.map(() => 1000), std: BANDS.map(() => 500) };
const PIXELS = TINY_GRID.columns * TINY_GRID.rows;
const REFERENCE = '2018-09-01';
const forever = new AbortController().signal;

describe('the calendar of a network', () => {
  it('counts from 1 September of the year before the season', () => {
    expect(referenceDate(2019, { month: 9, day: 1, yearsBeforeSeason: 1 })).toBe('2018-09-01');
    expect(daysSince('2018-09-01', '2018-09-01')).toBe(0);
    expect(daysSince('2018-09-01', '2019-03-01')).toBe(181);
    expect(daysSince('2019-09-01', '2020-03-01')).toBe(182);
  });
});

describe('the scene classification', () => {
  it('counts shadow, cloud, cirrus and snow as obscured and 0 as no data', () => {
    expect(clarity(new Uint8Array([0, 3, 4, 5, 6, 7, 8, 9, 10, 11]))).toEqual({ cloudShare: 0.5, nodataShare: 0.1 });
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
    const series = await buildSeries([late, early], TINY_GRID, INPUT, REFERENCE, {
      transport,
      signal: forever,
      onProgress: (progress) => seen.push(progress),
    });
    expect(series.dates.map(({ date, day }) => [date, day])).toEqual([
      ['2019-04-01', 212],
      ['2019-05-01', 242],
    ]);
    expect(BANDS.map((_, band) => series.dn[0]![band * PIXELS])).toEqual([
      100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
    ]);
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
      dn: (_, pixel) => [0, 900, 3000][pixel % 3]!,
      scene: { boaOffsetApplied: null, processingBaseline: '05.09', collection: 'sentinel-2-c1-l2a' },
    });
    const series = await buildSeries([scene], TINY_GRID, INPUT, '2022-09-01', {
      transport: memoryTransport(files),
      signal: forever,
    });
    expect(series.dates[0]!.offset.addDn).toBe(-1000);
    expect([...series.dn[0]!.slice(0, 3)]).toEqual([0, 1, 2000]);
  });

  it('lets a neighbouring tile fill only what the first one lacks', async () => {
    const files = new Map<string, unknown>();
    const halfEmpty = (pixel: number): number => (pixel % 4 < 2 ? 4 : 0);
    const first = tinyScene(files, { date: '2019-05-01', tile: '33UVR', scl: halfEmpty, dn: () => 1111 });
    const second = tinyScene(files, { date: '2019-05-01', tile: '33UWR', dn: () => 2222 });
    const series = await buildSeries([first, second], TINY_GRID, INPUT, REFERENCE, {
      transport: memoryTransport(files),
      signal: forever,
    });
    expect(series.dates).toHaveLength(1);
    expect(series.dates[0]).toMatchObject({ sceneIds: [first.id, second.id], nodataShare: 0 });
    expect([...series.dn[0]!.slice(0, TINY_GRID.columns)]).toEqual([1111, 1111, 1111, 1111, 2222, 2222, 2222, 2222]);
  });

  it('spends no bands on a date without data', async () => {
    const files = new Map<string, unknown>();
    const empty = tinyScene(files, { date: '2019-05-01', scl: () => 0 });
    const full = tinyScene(files, { date: '2019-06-01' });
    const transport = memoryTransport(files);
    const series = await buildSeries([empty, full], TINY_GRID, INPUT, REFERENCE, { transport, signal: forever });
    expect(series.dates.map(({ date }) => date)).toEqual(['2019-06-01']);
    expect(new Set(transport.log.filter(({ url }) => url.includes(empty.id)).map(({ url }) => url)).size).toBe(1);
  });

  it('names the scene and keeps the cause when a file is missing', async () => {
    const files = new Map<string, unknown>();
    const scene = tinyScene(files, { date: '2019-05-01' });
    files.delete(scene.assets.B05!);
    const build = buildSeries([scene], TINY_GRID, INPUT, REFERENCE, {
      transport: memoryTransport(files),
      signal: forever,
    });
    await expect(build).rejects.toSatisfy(
      (error) =>
        isCropError(error, 'series/scene-unreadable') &&
        error.message.includes(scene.id) &&
        isCropError(error.cause, 'net/not-found'),
    );
  });

  it('names the band that an item does not list', async () => {
    const files = new Map<string, unknown>();
    const scene = tinyScene(files, { date: '2019-05-01', omit: 'B11' });
    const build = buildSeries([scene], TINY_GRID, INPUT, REFERENCE, {
      transport: memoryTransport(files),
      signal: forever,
    });
    await expect(build).rejects.toSatisfy(
      (error) =>
        error instanceof Error &&
        isCropError(error.cause, 'series/missing-asset') &&
        error.cause.message.includes('B11'),
    );
  });

  it('says so when no date has data', async () => {
    const files = new Map<string, unknown>();
    const scene = tinyScene(files, { date: '2019-05-01', scl: () => 0 });
    const build = buildSeries([scene], TINY_GRID, INPUT, REFERENCE, {
      transport: memoryTransport(files),
      signal: forever,
    });
    await expect(build).rejects.toSatisfy((error) => isCropError(error, 'series/no-data'));
  });

  it('stops reading when cancelled', async () => {
    const files = new Map<string, unknown>();
    const scenes = ['2019-04-01', '2019-05-01', '2019-06-01', '2019-07-01'].map((date) => tinyScene(files, { date }));
    const transport = memoryTransport(files);
    const stop = new AbortController();
    const build = buildSeries(scenes, TINY_GRID, INPUT, REFERENCE, {
      transport,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(build).rejects.toSatisfy(isAbort);
    expect(transport.log.some(({ url }) => url.includes(scenes[3]!.id))).toBe(false);
  });
});

describe('tiles of a series', () => {
  async function portOf(dn: (band: string, pixel: number) => number): Promise<ReturnType<typeof createSeriesPort>> {
    const files = new Map<string, unknown>();
    const port = createSeriesPort(memoryTransport(files));
    await port.build(
      [tinyScene(files, { date: '2019-05-01', dn })],
      TINY_GRID,
      INPUT,
      REFERENCE,
      forever,
      () => undefined,
    );
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

  it('leave out dates that are empty in them', () => {
    const dn = new Uint16Array(BANDS.length * PIXELS);
    dn[PIXELS - 1] = 500;
    const date = { date: '2019-05-01', day: 242, sceneIds: [], cloudShare: 0, nodataShare: 0 };
    const offset = { addDn: 0, rule: 'flag', reason: '' } as const;
    const series = {
      grid: TINY_GRID,
      bands: BANDS,
      dates: [{ ...date, offset }],
      dn: [dn],
      scl: [new Uint8Array(PIXELS)],
    };
    expect(normaliseTile(series, INPUT, { column: 0, row: 0, columns: 4, rows: 6 }).days).toEqual([]);
    expect(normaliseTile(series, INPUT, { column: 4, row: 0, columns: 4, rows: 6 }).days).toEqual([242]);
  });

  it('cannot be had before a series is built', async () => {
    const port = createSeriesPort(memoryTransport(new Map()));
    await expect(port.tile(0, 0, 1, 1, forever)).rejects.toSatisfy((error) => isCropError(error, 'series/not-built'));
  });
});

describe('the history of a pixel', () => {
  it('keeps NDVI to a hundredth, the classification, and what no date has seen', () => {
    const dn = new Uint16Array(BANDS.length * PIXELS);
    dn[BANDS.indexOf('B04') * PIXELS] = 500;
    dn[BANDS.indexOf('B08') * PIXELS] = 3500;
    const scl = new Uint8Array(PIXELS);
    scl[0] = 9;
    const date = { date: '2019-05-01', day: 242, sceneIds: [], cloudShare: 0, nodataShare: 0 };
    const offset = { addDn: 0, rule: 'flag', reason: '' } as const;
    const history = packHistory({ grid: TINY_GRID, bands: BANDS, dates: [{ ...date, offset }], dn: [dn], scl: [scl] });
    expect(pixelHistory(history, 0)).toEqual({ dates: ['2019-05-01'], ndvi: [0.75], scl: [9] });
    expect(pixelHistory(history, 1).ndvi).toEqual([null]);
    expect([...coverage(history)]).toEqual([1, ...new Array<number>(PIXELS - 1).fill(0)]);
  });
});
