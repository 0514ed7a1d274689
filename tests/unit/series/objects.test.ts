import { describe, expect, it } from 'vitest';
import { openFileScratch } from '../../../cli/scratch';
import { isAbort } from '../../../src/errors';
import { seriesObjects } from '../../../src/series/objects';
import { createPixelStore } from '../../../src/series/pixel-store';
import type { SeriesDate, TimeSeries } from '../../../src/series/types';
import { mulberry32 } from '../../support/random';
import { TINY_GRID } from '../../support/tiny-scene';

const { signal } = new AbortController();
const BANDS = ['B04', 'B08'];
const GRID = { ...TINY_GRID, columns: 80, rows: 70 };
const SIZE = GRID.columns * GRID.rows;
const EDGE = 33;

interface Look {
  readonly day: number;
  readonly cloudShare?: number;
  /** DN that tells the left half from the right one. */
  readonly contrast: number;
  /** Whether SCL calls a pixel cloud; its DN are bright then. */
  readonly cloudy?: (pixel: number) => boolean;
}

/** Two fields, left and right of a line, seen on some days; pixels go to a file where memory is said to be none. */
async function seriesOf(looks: readonly Look[], memoryBytes = Infinity): Promise<TimeSeries> {
  const store = createPixelStore({ layout: { bands: 2, grid: GRID }, openScratch: openFileScratch, memoryBytes });
  const dates: SeriesDate[] = [];
  for (const { day, cloudShare = 0, contrast, cloudy = () => false } of looks) {
    const noise = mulberry32(day + 1);
    const date = `2019-01-${String(day).padStart(3, '0')}`;
    const dn = Uint16Array.from({ length: 2 * SIZE }, (_, at) => {
      const pixel = at % SIZE;
      if (cloudy(pixel)) return 9000;
      return 1000 + 20 * noise() + (pixel % GRID.columns < EDGE ? 0 : contrast);
    });
    const scl = Uint8Array.from({ length: SIZE }, (_, pixel) => (cloudy(pixel) ? 9 : 4));
    await store.put(date, { dn, ndvi: new Uint8Array(SIZE), scl });
    const offset = { addDn: 0, rule: 'flag', reason: '' } as const;
    dates.push({ date, day, sceneIds: [date], offset, cloudShare, nodataShare: 0 });
  }
  return { grid: GRID, bands: BANDS, dates, pixels: store };
}

const halves = Int32Array.from({ length: SIZE }, (_, pixel) => (pixel % GRID.columns < EDGE ? 0 : 1));

describe('objects of a series', () => {
  it('are told apart by any of its dates', async () => {
    const series = await seriesOf([
      { day: 1, contrast: 0 },
      { day: 100, contrast: 900 },
      { day: 200, contrast: 0 },
    ]);
    const { ids, count, dates } = await seriesObjects(series, signal);
    expect([count, dates.length]).toEqual([2, 3]);
    expect(ids).toEqual(halves);
    await series.pixels.dispose();
  });

  it('are not cut by the edge of a cloud', async () => {
    const cloudy = (pixel: number): boolean => pixel > SIZE / 2 && pixel % 2 === 0;
    const series = await seriesOf([
      { day: 1, contrast: 900, cloudy, cloudShare: 0.1 },
      { day: 100, contrast: 900 },
      { day: 200, contrast: 900 },
    ]);
    expect((await seriesObjects(series, signal)).ids).toEqual(halves);
    await series.pixels.dispose();
  });

  it('are the same whether pixels lie in memory or in a file', async () => {
    const looks = [1, 60, 120].map((day) => ({ day, contrast: 30 * (day % 7) }));
    const [whole, spilt] = await Promise.all([seriesOf(looks), seriesOf(looks, 0)]);
    expect(await seriesObjects(spilt, signal)).toEqual(await seriesObjects(whole, signal));
    await Promise.all([whole.pixels.dispose(), spilt.pixels.dispose()]);
  });

  it('are found from the clearest date of each twelfth of the season, and from no cloudy one', async () => {
    const days = Array.from({ length: 48 }, (_, at) => 5 * at);
    const series = await seriesOf(
      days.map((day) => ({ day, contrast: 900, cloudShare: day < 20 ? 0.5 : day % 20 === 10 ? 0 : 0.1 })),
    );
    const { dates } = await seriesObjects(series, signal);
    expect(dates.map((date) => Number(date.slice(-3)))).toEqual([30, 50, 70, 90, 110, 130, 150, 170, 190, 210, 230]);
    await series.pixels.dispose();
  });

  it('are found from the three clearest dates where none is clear, and from one where there is no other', async () => {
    const cloudy = await seriesOf([0.5, 0.4, 0.9, 0.6].map((cloudShare, day) => ({ day, contrast: 900, cloudShare })));
    expect((await seriesObjects(cloudy, signal)).dates).toEqual(['2019-01-000', '2019-01-001', '2019-01-003']);
    const single = await seriesOf([{ day: 9, contrast: 900, cloudShare: 0.7 }]);
    expect((await seriesObjects(single, signal)).count).toBe(2);
    await Promise.all([cloudy.pixels.dispose(), single.pixels.dispose()]);
  });

  it('are not looked for once cancelled', async () => {
    const series = await seriesOf([{ day: 1, contrast: 0 }]);
    const error: unknown = await seriesObjects(series, AbortSignal.abort()).catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
    await series.pixels.dispose();
  });
});
