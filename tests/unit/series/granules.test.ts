import { describe, expect, it } from 'vitest';
import { chooseScenes, type Scene } from '../../../src/catalog';
import { mergeScenes } from '../../../src/catalog/merge';
import { buildSeries } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { BANDS, TINY_GRID, tinyScene } from '../../support/tiny-scene';

const INPUT = { bands: BANDS, mean: BANDS.map(() => 0), std: BANDS.map(() => 1) };
const PIXELS = TINY_GRID.columns * TINY_GRID.rows;
const WHOLE = { column: 0, row: 0, columns: TINY_GRID.columns, rows: TINY_GRID.rows };
/** 20 m pixels of the window in rows of four, three rows. */
const north = (pixel: number): boolean => pixel < 4;
const SCL_COLUMNS = 4;

interface Granule {
  readonly id: string;
  readonly datetime: string;
  readonly dn: number;
  readonly seen?: (pixel: number) => boolean;
  readonly scene?: Partial<Scene>;
}

/** Searches, chooses and reads granules as a run does; of each date its scenes and how many pixels have which DN. */
async function read(...granules: Granule[]) {
  const files = new Map<string, unknown>();
  const scenes = granules.map(({ id, datetime, dn, seen = () => true, scene }) => {
    const scl = (pixel: number): number => (seen(pixel) ? 4 : 0);
    const rowOf = (pixel: number, columns: number): number => Math.floor(pixel / columns);
    const seenAt = (pixel: number, columns: number): boolean => {
      const scale = columns / SCL_COLUMNS;
      const column = Math.floor((pixel % columns) / scale);
      return seen(Math.floor(rowOf(pixel, columns) / scale) * SCL_COLUMNS + column);
    };
    const date = datetime.slice(0, 10);
    return tinyScene(files, {
      ...{ date, scl, root: `https://${id}.test`, scene: { id, datetime, ...scene } },
      dn: (band, pixel) => (seenAt(pixel, ['B02', 'B03', 'B04', 'B08'].includes(band) ? 8 : 4) ? dn : 0),
    });
  });
  const found = mergeScenes(scenes.map((scene) => ({ scene, rank: 0 })));
  const { chosen } = chooseScenes(found, { season: 2019, minDates: 0 });
  const { series } = await buildSeries(
    { scenes: chosen, grid: TINY_GRID, input: INPUT, referenceDate: '2018-09-01' },
    { transport: memoryTransport(files), signal: new AbortController().signal },
  );
  return Promise.all(
    series.dates.map(async ({ date, sceneIds }) => {
      const blue = (await series.pixels.read(date, WHOLE)).subarray(0, PIXELS);
      const counts: Record<number, number> = {};
      for (const dn of blue) counts[dn] = (counts[dn] ?? 0) + 1;
      return { date, sceneIds, counts };
    }),
  );
}

describe('several granules of a day', () => {
  const a: Granule = { id: 'a', datetime: '2019-06-06T10:10:20.000Z', dn: 2000 };
  const b: Granule = { id: 'b', datetime: '2019-06-06T10:10:24.000Z', dn: 3000, scene: { sequence: 1 } };
  const part = (granule: Granule, seen: (pixel: number) => boolean, nodataPercent: number): Granule => ({
    ...granule,
    seen,
    scene: { ...granule.scene, nodataPercent },
  });

  it('are one date where they are parts of a pass', async () => {
    const parts = [part(a, north, 66), part(b, (pixel) => !north(pixel), 34)];
    expect(await read(...parts)).toEqual([
      { date: '2019-06-06', sceneIds: ['b', 'a'], counts: { 2000: PIXELS / 3, 3000: (PIXELS * 2) / 3 } },
    ]);
  });

  it('are read from the whole one where the other is a sliver', async () => {
    const [date] = await read(
      part(a, () => true, 0),
      part(b, (pixel) => pixel === 0, 99),
    );
    expect(date).toEqual({ date: '2019-06-06', sceneIds: ['a'], counts: { 2000: PIXELS } });
  });

  it('complete each other where two satellites passed, the clearer one first', async () => {
    const early = part(a, (pixel) => pixel % SCL_COLUMNS < 3, 25);
    const late = { ...b, scene: { platform: 'sentinel-2b', cloudPercent: 40 } };
    const [date] = await read({ ...early, scene: { ...early.scene, cloudPercent: 5 } }, late);
    expect(date).toEqual({
      ...{ date: '2019-06-06', sceneIds: ['a', 'b'] },
      counts: { 2000: (PIXELS * 3) / 4, 3000: PIXELS / 4 },
    });
  });

  it('are one date where the pass went over midnight', async () => {
    const dates = await read(
      part({ ...a, datetime: '2019-06-06T23:59:58.000Z' }, north, 66),
      part({ ...b, datetime: '2019-06-07T00:00:03.000Z' }, (pixel) => !north(pixel), 34),
    );
    expect(dates.map(({ date, sceneIds }) => [date, sceneIds])).toEqual([['2019-06-06', ['b', 'a']]]);
  });
});
