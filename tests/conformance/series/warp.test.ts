import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssetName, Scene } from '../../../src/catalog';
import { type GridWindow, gridBounds } from '../../../src/geo';
import { buildSeries } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { BANDS, TINY_GRID, tinyScene } from '../../support/tiny-scene';

const HAS_GDAL = spawnSync('gdalwarp', ['--version']).status === 0;
if (!HAS_GDAL) console.warn('SKIPPED: scenes of other zones are not held against gdalwarp; install gdal-bin.');

/** A tile in zone 32 and a window inside it in zone 33, near their border at 50 degrees north. */
const SOURCE: GridWindow = { ...TINY_GRID, epsg: 32632, xMin: 713_000, yMax: 5_548_000, columns: 400, rows: 400 };
const GRID: GridWindow = { ...TINY_GRID, epsg: 32633, xMin: 284_600, yMax: 5_546_800, columns: 240, rows: 240 };
const SIZE = GRID.columns * GRID.rows;

/** Hills with noise on them, as sharp from pixel to pixel as fields are. */
function texture(band: string, pixel: number): number {
  const noise = Math.imul(pixel + 77, 2654435761) >>> 24;
  return 3000 + BANDS.indexOf(band as AssetName) * 100 + Math.round(1500 * Math.sin(pixel / 37)) + noise * 4;
}

const classOf = (pixel: number): number => 4 + ((Math.imul(pixel + 5, 2654435761) >>> 20) % 3);

let folder: string;
let files: Map<string, unknown>;
let scene: Scene;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'warp-'));
  files = new Map();
  scene = tinyScene(files, { date: '2019-05-01', tile: '32UQA', grid: SOURCE, dn: texture, scl: classOf });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What gdalwarp makes of a band on the window, computed without approximation. */
function gdalwarp(name: AssetName, method: 'cubic' | 'near'): Uint8Array | Uint16Array {
  const [from, to] = [join(folder, `${name}.tif`), join(folder, `${name}.bin`)];
  writeFileSync(from, files.get(scene.assets[name]!) as Uint8Array);
  const { xMin, yMin, xMax, yMax } = gridBounds(GRID);
  const grid = ['-t_srs', 'EPSG:32633', '-te', xMin, yMin, xMax, yMax, '-tr', 10, 10].map(String);
  // Left to itself, gdalwarp takes the turned window for a coarser one and smooths.
  const sharp = ['-wo', 'XSCALE=1', '-wo', 'YSCALE=1'];
  const run = spawnSync('gdalwarp', [
    '-q',
    '-overwrite',
    '-of',
    'ENVI',
    '-et',
    '0',
    '-r',
    method,
    ...sharp,
    ...grid,
    from,
    to,
  ]);
  expect(run.stderr.toString()).toBe('');
  const bytes = Uint8Array.from(readFileSync(to));
  return name === 'SCL' ? bytes : new Uint16Array(bytes.buffer);
}

describe.skipIf(!HAS_GDAL)('a scene of another zone', () => {
  it('comes out as gdalwarp makes it: classes to 0.1 % of the pixels, reflectance to 2 DN', async () => {
    const request = {
      scenes: [scene],
      grid: GRID,
      input: { bands: BANDS, mean: [], std: [] },
      referenceDate: '2018-09-01',
    };
    const signal = new AbortController().signal;
    const { series } = await buildSeries(request, { transport: memoryTransport(files), signal });
    const ours = await series.pixels.read('2019-05-01', { column: 0, row: 0, columns: GRID.columns, rows: GRID.rows });
    for (const name of ['B02', 'B05', 'B11'] as const) {
      const theirs = Float64Array.from(gdalwarp(name, 'cubic'));
      expect(theirs).toHaveLength(SIZE);
      const start = BANDS.indexOf(name) * SIZE;
      const differences = theirs.map((value, pixel) => Math.abs(value - ours[start + pixel]!));
      expect(
        differences.reduce((a, b) => Math.max(a, b)),
        name,
      ).toBeLessThanOrEqual(2);
    }
    const theirs = gdalwarp('SCL', 'near');
    const { scl } = await series.pixels.history('2019-05-01', 0, SIZE);
    const differing = scl.reduce((sum, code, pixel) => sum + (code === theirs[pixel] ? 0 : 1), 0);
    expect(differing / SIZE).toBeLessThan(0.001);
  });
});
