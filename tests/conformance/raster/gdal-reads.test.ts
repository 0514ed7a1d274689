import { describe, expect, it } from 'vitest';
import { openRaster, readGrid, readRect, type Pixels } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { EXPECTED, fixtureBytes, unpack } from './fixtures';

const NEVER = new AbortController().signal;

async function openFixture(file: string) {
  return openRaster(file, memoryTransport(new Map([[file, fixtureBytes(file)]])), NEVER);
}

describe('whole images equal GDAL pixel for pixel', () => {
  it.each(EXPECTED.whole)('$file', async ({ file, metres, images }) => {
    const raster = await openFixture(file);
    expect(raster.info).toMatchObject({ epsg: EXPECTED.epsg, xMin: EXPECTED.xMin, yMax: EXPECTED.yMax });
    expect(raster.info).toMatchObject({ pixelMetres: metres, nodata: 0 });
    const [full, ...overviews] = images.map(({ columns, rows }) => ({ columns, rows }));
    expect(raster.info).toMatchObject({ ...full, overviews });
    for (const [level, image] of images.entries()) {
      const rect = { column: 0, row: 0, columns: image.columns, rows: image.rows };
      const pixels = await readRect(
        raster,
        rect,
        level === 0 ? { signal: NEVER } : { signal: NEVER, overview: level - 1 },
      );
      expect(differences(pixels, unpack(image))).toEqual({ pixels: 0, largest: 0 });
    }
  });
});

describe('windows on the 10 m grid equal GDAL', () => {
  it.each(EXPECTED.grids)('$file, x$factor $resampling, window $window', async (given) => {
    const [column, row, columns, rows] = given.window;
    const raster = await openFixture(given.file);
    const pixelMetres = raster.info.pixelMetres / given.factor;
    const grid = {
      epsg: EXPECTED.epsg,
      xMin: EXPECTED.xMin + column * pixelMetres,
      yMax: EXPECTED.yMax - row * pixelMetres,
      pixelMetres,
      columns,
      rows,
    };
    const options = { resampling: given.resampling, signal: NEVER, keepNodata: false };
    const { pixels } = await readGrid(raster, grid, options);
    const expected = unpack(given);
    expect(pixels.length).toBe(expected.length);

    // GDAL sums the cut-off kernels at the raster's rim in another order: there one step is allowed, inside none.
    const rim = 2 * given.factor;
    const isInside = (index: number) => {
      const x = column + (index % columns);
      const y = row + Math.floor(index / columns);
      const [width, height] = [raster.info.columns * given.factor, raster.info.rows * given.factor];
      return x >= rim && y >= rim && x < width - rim && y < height - rim;
    };
    expect(differences(pixels, expected, isInside)).toEqual({ pixels: 0, largest: 0 });
    expect(differences(pixels, expected).largest).toBeLessThanOrEqual(1);

    const { pixels: kept } = await readGrid(raster, grid, { ...options, keepNodata: true });
    const { pixels: nearest } = await readGrid(raster, grid, { ...options, resampling: 'nearest' });
    const untouched = pixels.map((value, index) => (nearest[index] === 0 ? 0 : value));
    expect(differences(kept, untouched)).toEqual({ pixels: 0, largest: 0 });
  });
});

function differences(actual: Pixels, expected: Pixels, counts: (index: number) => boolean = () => true) {
  let pixels = 0;
  let largest = 0;
  actual.forEach((value, index) => {
    const difference = Math.abs(value - expected[index]);
    if (difference === 0 || !counts(index)) return;
    pixels += 1;
    largest = Math.max(largest, difference);
  });
  return { pixels, largest };
}
