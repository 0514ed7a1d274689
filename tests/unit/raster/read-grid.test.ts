import { describe, expect, it } from 'vitest';
import { isCropError } from '../../../src/errors';
import { readGrid, readOverviewPercentile, readRect, writeGeoTiff } from '../../../src/raster';
import { gdalFile, isSame, NEVER, openBytes, padded, patternImage } from './tiff-bytes';

/** The corner that all GDAL fixtures share. */
const CORNER = { epsg: 32633, xMin: 399960, yMax: 5600040, pixelMetres: 10 };
const CUBIC = { resampling: 'cubic', signal: NEVER } as const;

describe('readGrid', () => {
  it('copies pixels of the same size, one request after the header', async () => {
    const raster = await openBytes(padded(gdalFile('b04-10m.tif')));
    const grid = { ...CORNER, xMin: 399960 + 130, yMax: 5600040 - 420, columns: 50, rows: 60 };
    const { pixels } = await readGrid(raster, grid, CUBIC);
    expect(raster.transport.log.length).toBe(2);
    const rect = { column: 13, row: 42, columns: 50, rows: 60 };
    expect(isSame(pixels, await readRect(raster, rect, { signal: NEVER }))).toBe(true);
    expect(pixels.some((value) => value > 0)).toBe(true);
  });

  it('sees the pixels around the window: a window equals the same part of a larger one', async () => {
    const raster = await openBytes(gdalFile('noise-20m.tif'));
    const { pixels: large } = await readGrid(raster, { ...CORNER, columns: 80, rows: 72 }, CUBIC);
    const part = { ...CORNER, xMin: 399960 + 230, yMax: 5600040 - 110, columns: 21, rows: 33 };
    const { pixels: small } = await readGrid(raster, part, CUBIC);
    for (let row = 0; row < 33; row++) {
      const from = (row + 11) * 80 + 23;
      expect(isSame(small.subarray(row * 21, row * 21 + 21), large.subarray(from, from + 21))).toBe(true);
    }
  });

  it.each(['cubic', 'nearest'] as const)('leaves places outside the raster empty (%s)', async (resampling) => {
    const raster = await openBytes(gdalFile('cog-20m.tif'));
    const options = { resampling, signal: NEVER };
    const { pixels: whole } = await readGrid(raster, { ...CORNER, columns: 140, rows: 100 }, options);
    const wide = { ...CORNER, xMin: 399960 - 30, yMax: 5600040 + 50, columns: 150, rows: 110 };
    const { pixels } = await readGrid(raster, wide, options);
    for (let row = 0; row < 110; row++) {
      const inside = row >= 5 && row < 105;
      const line = pixels.subarray(row * 150, row * 150 + 150);
      const expected = new Uint16Array(150);
      if (inside) expected.set(whole.subarray((row - 5) * 140, (row - 4) * 140), 3);
      expect(isSame(line, expected)).toBe(true);
    }
    const { pixels: far } = await readGrid(raster, { ...CORNER, xMin: 800_000, columns: 4, rows: 4 }, options);
    expect(far).toEqual(new Uint16Array(16));
  });

  it('says which pixels are valid: those that are not nodata, inside the raster', async () => {
    const raster = await openBytes(gdalFile('b04-10m.tif'));
    const grid = { ...CORNER, xMin: 399960 - 20, columns: 140, rows: 120 };
    const { pixels, valid } = await readGrid(raster, grid, CUBIC);
    expect([...valid!]).toEqual(
      Array.from(pixels, (value, at) => (at % 140 < 2 || at % 140 >= 138 || value === 0 ? 0 : 1)),
    );
    const inside = { ...CORNER, columns: 8, rows: 20, xMin: 399960 + 200, yMax: 5600040 - 400 };
    expect((await readGrid(raster, inside, CUBIC)).valid).toBeNull();
  });

  it('takes the nodata value that the catalogue declares where the file names none', async () => {
    const image = { ...patternImage(6, 4), bands: [Uint8Array.from({ length: 24 }, (_, at) => (at % 5) * 50)] };
    const grid = { ...CORNER, columns: 6, rows: 4 };
    const silent = await openBytes(await writeGeoTiff(image));
    expect((await readGrid(silent, grid, CUBIC)).valid).toBeNull();
    const { pixels, valid } = await readGrid(silent, grid, { ...CUBIC, nodata: 200 });
    expect([...valid!]).toEqual(Array.from(pixels, (value) => (value === 200 ? 0 : 1)));
    const outspoken = await openBytes(await writeGeoTiff({ ...image, nodata: 0 }));
    const own = await readGrid(outspoken, grid, { ...CUBIC, nodata: 200 });
    expect([...own.valid!]).toEqual(Array.from(own.pixels, (value) => (value === 0 ? 0 : 1)));
  });

  it.each([-9999, 256, 0.5, NaN])('refuses nodata %d of bytes, and names it', async (nodata) => {
    const raster = await openBytes(await writeGeoTiff(patternImage(6, 4)));
    const work = readGrid(raster, { ...CORNER, columns: 6, rows: 4 }, { ...CUBIC, nodata });
    await expect(work).rejects.toMatchObject({
      code: 'raster/nodata-outside-type',
      message: expect.stringContaining(String(nodata)),
    });
  });

  it('enlarges 8-bit classes by repeating them', async () => {
    const raster = await openBytes(gdalFile('scl-20m.tif'));
    const classes = await readRect(raster, { column: 0, row: 0, columns: 100, rows: 84 }, { signal: NEVER });
    const grid = { ...CORNER, xMin: 399960 + 10, yMax: 5600040 - 30, columns: 3, rows: 2 };
    const { pixels } = await readGrid(raster, grid, { resampling: 'nearest', signal: NEVER });
    const at = (column: number, row: number) => classes[row * 100 + column];
    expect([...pixels]).toEqual([at(0, 1), at(1, 1), at(1, 1), at(0, 2), at(1, 2), at(1, 2)]);
  });

  it.each([
    ['another CRS', { epsg: 32634 }],
    ['edges between pixels', { xMin: 399965 }],
    ['a coarser grid', { pixelMetres: 60 }],
    ['a grid that is no whole fraction', { pixelMetres: 15 }],
  ])('refuses %s', async (_, change) => {
    const raster = await openBytes(gdalFile('cog-20m.tif'));
    const work = readGrid(raster, { ...CORNER, columns: 4, rows: 4, ...change }, CUBIC);
    const error = await work.catch((reason: unknown) => reason);
    expect(isCropError(error, 'raster/misaligned')).toBe(true);
    expect(raster.transport.log.length).toBe(1);
  });
});

describe('readOverviewPercentile', () => {
  it('ranks the non-zero pixels of the smallest overview, in one request', async () => {
    const raster = await openBytes(padded(gdalFile('b04-10m.tif')));
    const smallest = { column: 0, row: 0, columns: 34, rows: 30 };
    const valid = [...(await readRect(raster, smallest, { signal: NEVER, overview: 1 }))].filter((value) => value > 0);
    valid.sort((one, other) => one - other);
    const before = raster.transport.log.length;
    expect(await readOverviewPercentile(raster, 1, NEVER)).toBe(valid[Math.ceil(valid.length / 100) - 1]);
    expect(raster.transport.log.length).toBe(before + 1);
    expect(await readOverviewPercentile(raster, 0, NEVER)).toBe(valid[0]);
    expect(await readOverviewPercentile(raster, 100, NEVER)).toBe(valid.at(-1));
  });

  it('takes the image where it has no overview, and knows when there is nothing to rank', async () => {
    const image = { ...patternImage(4, 1), bands: [Uint8Array.of(0, 9, 5, 7)] };
    expect(await readOverviewPercentile(await openBytes(await writeGeoTiff(image)), 50, NEVER)).toBe(7);
    const dark = { ...image, bands: [new Uint8Array(4)] };
    expect(await readOverviewPercentile(await openBytes(await writeGeoTiff(dark)), 50, NEVER)).toBeNull();
  });
});
