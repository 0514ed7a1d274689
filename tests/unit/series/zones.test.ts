import { describe, expect, it } from 'vitest';
import type { Scene } from '../../../src/catalog';
import { type GridWindow, gridBounds, project, unproject } from '../../../src/geo';
import { buildSeries } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { BANDS, TINY_GRID, tinyScene, type TinySceneOptions } from '../../support/tiny-scene';

/** A window of 1.6 km in zone 33, a little east of its border with zone 32 at 12 degrees. */
const GRID: GridWindow = { ...TINY_GRID, epsg: 32633, xMin: 286_000, yMax: 5_550_000, columns: 160, rows: 160 };
const WHOLE = { column: 0, row: 0, columns: GRID.columns, rows: GRID.rows };
const SIZE = GRID.columns * GRID.rows;
const INPUT = { bands: BANDS, mean: BANDS.map(() => 0), std: BANDS.map(() => 1) };
const signal = new AbortController().signal;

/** Size of the neighbouring tile, metres, and its corner in zone 32: it covers the whole window and 300 m around it. */
const MARGIN = 300;

function neighbourGrid(): GridWindow {
  const { xMin, xMax, yMin, yMax } = gridBounds(GRID);
  const corners = [
    [xMin, yMin],
    [xMin, yMax],
    [xMax, yMin],
    [xMax, yMax],
  ].map(([x, y]) => project(32632, unproject(GRID.epsg, x!, y!)));
  const left = Math.floor((Math.min(...corners.map(([x]) => x)) - MARGIN) / 20) * 20;
  const top = Math.ceil((Math.max(...corners.map(([, y]) => y)) + MARGIN) / 20) * 20;
  const right = Math.max(...corners.map(([x]) => x)) + MARGIN;
  const bottom = Math.min(...corners.map(([, y]) => y)) - MARGIN;
  const even = (metres: number): number => 2 * Math.ceil(metres / 20);
  return { ...GRID, epsg: 32632, xMin: left, yMax: top, columns: even(right - left), rows: even(top - bottom) };
}

const NEIGHBOUR = neighbourGrid();

/** A slope over the plane of zone 33: 5 DN per 10 m eastwards, 3 southwards. Tells a position to a hundredth of a pixel. */
const slope = (x: number, y: number): number => 5000 + (5 * (x - GRID.xMin) + 3 * (GRID.yMax - y)) / 10;

const TEN_METRE = ['B02', 'B03', 'B04', 'B08'];

/** The slope as a scene of zone 32 sees it, at the centre of each of its own pixels. */
function slopeOf(band: string, pixel: number): number {
  const metres = TEN_METRE.includes(band) ? 10 : 20;
  const columns = (NEIGHBOUR.columns * 10) / metres;
  const x = NEIGHBOUR.xMin + ((pixel % columns) + 0.5) * metres;
  const y = NEIGHBOUR.yMax - (Math.floor(pixel / columns) + 0.5) * metres;
  return Math.round(slope(...project(GRID.epsg, unproject(NEIGHBOUR.epsg, x, y))));
}

/** The slope at a pixel of the window. */
const wanted = (pixel: number): number =>
  slope(GRID.xMin + ((pixel % GRID.columns) + 0.5) * 10, GRID.yMax - (Math.floor(pixel / GRID.columns) + 0.5) * 10);

function neighbour(files: Map<string, unknown>, options: Partial<TinySceneOptions> = {}): Scene {
  return tinyScene(files, { date: '2019-05-01', tile: '32UQA', grid: NEIGHBOUR, dn: slopeOf, ...options });
}

async function read(files: Map<string, unknown>, scenes: readonly Scene[], grid = GRID) {
  const transport = memoryTransport(files);
  const request = { scenes, grid, input: INPUT, referenceDate: '2018-09-01' };
  const { series, summary } = await buildSeries(request, { transport, signal });
  const rect = { ...WHOLE, columns: grid.columns, rows: grid.rows };
  return {
    ...summary,
    transport,
    scl: (await series.pixels.history('2019-05-01', 0, grid.columns * grid.rows)).scl,
    dn: await series.pixels.read('2019-05-01', rect),
  };
}

describe('a scene of another UTM zone', () => {
  it('is brought onto the grid of the window to a tenth of a pixel, in all bands', async () => {
    const files = new Map<string, unknown>();
    const { dn, scl, dates } = await read(files, [neighbour(files)]);
    expect(dates[0]).toMatchObject({ nodataShare: 0, cloudShare: 0 });
    expect(scl.every((code) => code === 4)).toBe(true);
    for (const [band, name] of BANDS.entries()) {
      let worst = 0;
      for (let pixel = 0; pixel < SIZE; pixel++) {
        worst = Math.max(worst, Math.abs(dn[band * SIZE + pixel]! - wanted(pixel)));
      }
      // A tenth of a pixel is 0.5 DN eastwards; the fixture and the result are each rounded by up to 0.5 DN.
      expect(worst, name).toBeLessThan(1.5);
    }
  });

  it('gives each pixel the class of the nearest one', async () => {
    const files = new Map<string, unknown>();
    const columns = NEIGHBOUR.columns / 2;
    const code = (pixel: number): number => 4 + ((pixel + Math.floor(pixel / columns)) % 3);
    const { scl } = await read(files, [neighbour(files, { scl: code })]);
    let differing = 0;
    for (let pixel = 0; pixel < SIZE; pixel++) {
      const x = GRID.xMin + ((pixel % GRID.columns) + 0.5) * 10;
      const y = GRID.yMax - (Math.floor(pixel / GRID.columns) + 0.5) * 10;
      const [sourceX, sourceY] = project(NEIGHBOUR.epsg, unproject(GRID.epsg, x, y));
      const column = Math.floor((sourceX - NEIGHBOUR.xMin) / 20);
      const row = Math.floor((NEIGHBOUR.yMax - sourceY) / 20);
      if (scl[pixel] !== code(row * columns + column)) differing++;
    }
    // Only centres that lie on an edge between two pixels may fall either way.
    expect(differing).toBeLessThan(SIZE / 1000);
  });

  it('fills what the tile of the own zone lacks, in one date, and no more', async () => {
    const files = new Map<string, unknown>();
    const left = (pixel: number): boolean => pixel % (GRID.columns / 2) < GRID.columns / 4;
    const own = tinyScene(files, {
      date: '2019-05-01',
      grid: GRID,
      dn: () => 1111,
      scl: (pixel) => (left(pixel) ? 0 : 5),
    });
    // The neighbour comes first in time; the own zone goes first nevertheless.
    const { dates, dn, scl } = await read(files, [neighbour(files), own]);
    expect(dates).toHaveLength(1);
    expect(dates[0]).toMatchObject({ sceneIds: [own.id, expect.stringContaining('32UQA')], nodataShare: 0 });
    expect(dates[0]!.sceneOffsets).toHaveLength(2);
    for (let pixel = 0; pixel < SIZE; pixel++) {
      const west = pixel % GRID.columns < GRID.columns / 2;
      expect(scl[pixel]).toBe(west ? 4 : 5);
      if (west) expect(Math.abs(dn[pixel]! - wanted(pixel))).toBeLessThan(1.5);
      else expect(dn[pixel]).toBe(1111);
    }
  });

  it('costs its classification alone where it has nothing to add', async () => {
    const files = new Map<string, unknown>();
    const partly = (pixel: number): number => (pixel === 0 ? 0 : 4);
    const own = tinyScene(files, { date: '2019-05-01', grid: GRID, scl: partly });
    const empty = neighbour(files, { scl: () => 0 });
    const { dates, transport } = await read(files, [own, empty]);
    expect(dates[0]!.sceneIds).toEqual([own.id]);
    const touched = new Set(transport.log.map(({ url }) => url).filter((url) => url.includes(empty.id)));
    expect([...touched]).toEqual([empty.assets.SCL]);
  });

  it('leaves empty what lies beyond its edge, and bleeds no zeros into the rim', async () => {
    const files = new Map<string, unknown>();
    // Half of the window lies west of the neighbour's first column.
    const shifted = { ...GRID, xMin: GRID.xMin - 1600 };
    const { dn, scl, dates } = await read(files, [neighbour(files)], shifted);
    expect(dates[0]!.nodataShare).toBeGreaterThan(0.3);
    for (let pixel = 0; pixel < SIZE; pixel++) {
      if (scl[pixel] === 0) continue;
      if (dn[pixel] !== 0) expect(dn[pixel]).toBeGreaterThan(3000);
    }
  });

  it('far away is a date without data, and no band of it is read', async () => {
    const files = new Map<string, unknown>();
    const far = { ...GRID, xMin: GRID.xMin + 100_000 };
    await expect(read(files, [neighbour(files)], far)).rejects.toMatchObject({ code: 'series/no-data' });
  });
});
