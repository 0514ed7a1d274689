import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openRaster, type Pixels, readGrid, readMasked } from '../../../src/raster';
import { asPixels, createPixels, type PixelType } from '../../../src/raster/pixel-types';
import { memoryTransport } from '../../support/memory-transport';

/** What GDAL read, packed beside the files (see make_kinds_fixtures.py). */
interface Expected {
  readonly kinds: readonly {
    readonly file: string;
    readonly type: PixelType;
    readonly tolerance: number;
    /** Pixels of the first band, then a byte for each that is 0 where GDAL masks it. */
    readonly packed: string;
  }[];
  readonly grids: readonly {
    readonly file: string;
    readonly type: PixelType;
    readonly factor: number;
    /** Column, row, columns, rows in enlarged pixels. */
    readonly window: readonly [number, number, number, number];
    readonly nodata: number | null;
    readonly packed: string;
  }[];
}

const FOLDER = join(import.meta.dirname, '../fixtures/raster-kinds');
const EXPECTED = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as Expected;
const NEVER = new AbortController().signal;

function unpack(name: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(inflateSync(readFileSync(join(FOLDER, name))));
}

async function open(file: string) {
  return openRaster(file, memoryTransport(new Map([[file, Uint8Array.from(readFileSync(join(FOLDER, file)))]])), NEVER);
}

/** How many pixels differ by more than `tolerance`. */
function differing(actual: Pixels, expected: Pixels, tolerance = 0): number {
  let count = 0;
  actual.forEach((value, at) => {
    const isSame = Object.is(value, expected[at]) || Math.abs(value - expected[at]!) <= tolerance;
    if (!isSame) count += 1;
  });
  return count;
}

describe('rasters of all kinds equal what GDAL reads, mask included', () => {
  it.each(EXPECTED.kinds)('$file', async ({ file, type, tolerance, packed }) => {
    const raster = await open(file);
    const { columns, rows } = raster.info;
    expect(raster.info.pixelType).toBe(type);
    const { pixels, valid } = await readMasked(raster, { column: 0, row: 0, columns, rows }, { signal: NEVER });
    const size = columns * rows;
    const bytes = unpack(packed);
    const expected = asPixels(type, bytes.slice(0, size * createPixels(type, 1).BYTES_PER_ELEMENT));
    const mask = bytes.subarray(bytes.length - size);
    expect(differing(valid ?? new Uint8Array(size).fill(1), mask)).toBe(0);
    // What a masked pixel holds is nothing that anyone may look at.
    const seen = (all: Pixels) => all.filter((_, at) => mask[at] === 1);
    expect(differing(seen(pixels), seen(expected), tolerance)).toBe(0);
  });

  it('reads a part of each as it reads the whole', async () => {
    for (const { file } of EXPECTED.kinds) {
      const raster = await open(file);
      const whole = await readMasked(raster, { column: 0, row: 0, columns: 41, rows: 37 }, { signal: NEVER });
      const part = await readMasked(raster, { column: 19, row: 11, columns: 15, rows: 13 }, { signal: NEVER });
      const cut = (pixels: Pixels) =>
        pixels.filter((_, at) => at % 41 >= 19 && at % 41 < 34 && at >= 11 * 41 && at < 24 * 41);
      expect(differing(part.pixels, cut(whole.pixels)), file).toBe(0);
    }
  });
});

describe('windows of rasters with holes, enlarged, equal GDAL to the digit, rims included', () => {
  it.each(EXPECTED.grids)('$file, x$factor, window $window', async ({ file, type, factor, window, nodata, packed }) => {
    const raster = await open(file);
    const [column, row, columns, rows] = window;
    const [pixelMetres, xMin, yMax] = [10, raster.info.xMin + column * 10, raster.info.yMax - row * 10];
    const grid = { epsg: 32633, xMin, yMax, pixelMetres, columns, rows };
    const { pixels, valid } = await readGrid(raster, grid, { resampling: 'cubic', signal: NEVER });
    const expected = asPixels(type, unpack(packed));
    expect(raster.info.pixelMetres).toBe(factor * 10);
    expect(differing(pixels, expected)).toBe(0);
    if (nodata === null) return;
    const given = expected.map((value) => (value === nodata ? 0 : 1));
    expect(differing(valid ?? new Uint8Array(expected.length).fill(1), given)).toBe(0);
  });
});
