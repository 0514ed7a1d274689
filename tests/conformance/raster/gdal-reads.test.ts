import { describe, expect, it } from 'vitest';
import { openRaster, readGrid, readRect, type Pixels } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { EXPECTED, fixtureBytes, unpack } from './fixtures';

const NEVER = new AbortController().signal;

async function openFixture(file: string, change: (bytes: Uint8Array<ArrayBuffer>) => void = () => undefined) {
  const bytes = fixtureBytes(file);
  change(bytes);
  return openRaster(file, memoryTransport(new Map([[file, bytes]])), NEVER);
}

/** Gives GDAL's tag for nodata a number that nobody reads: then zeros are values, as in products of ESA itself. */
function forgetNodata(bytes: Uint8Array<ArrayBuffer>): void {
  const view = new DataView(bytes.buffer);
  const directory = view.getUint32(4, true);
  for (let entry = 0; entry < view.getUint16(directory, true); entry++) {
    const at = directory + 2 + entry * 12;
    if (view.getUint16(at, true) === 42113) view.setUint16(at, 65000, true);
  }
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

describe('windows on the 10 m grid equal GDAL, where a file names no nodata value', () => {
  it.each(EXPECTED.grids)('$file, x$factor $resampling, window $window', async (given) => {
    const [column, row, columns, rows] = given.window;
    const raster = await openFixture(given.file, forgetNodata);
    const pixelMetres = raster.info.pixelMetres / given.factor;
    const grid = {
      epsg: EXPECTED.epsg,
      xMin: EXPECTED.xMin + column * pixelMetres,
      yMax: EXPECTED.yMax - row * pixelMetres,
      pixelMetres,
      columns,
      rows,
    };
    const options = { resampling: given.resampling, signal: NEVER };
    const { pixels, valid } = await readGrid(raster, grid, options);
    const expected = unpack(given);
    expect(pixels.length).toBe(expected.length);

    expect(differences(pixels, expected)).toEqual({ pixels: 0, largest: 0 });
    expect(valid).toBeNull();
  });
});

function differences(actual: Pixels, expected: Pixels) {
  let pixels = 0;
  let largest = 0;
  actual.forEach((value, index) => {
    const difference = Math.abs(value - expected[index]);
    if (difference === 0) return;
    pixels += 1;
    largest = Math.max(largest, difference);
  });
  return { pixels, largest };
}
