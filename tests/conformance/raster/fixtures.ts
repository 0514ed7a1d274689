import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Pixels, Resampling } from '../../../src/raster';

/** Pixels that GDAL read, packed beside the files (see make_raster_fixtures.py). */
interface PackedPixels {
  readonly pixels: string;
  readonly dtype: 'uint8' | 'uint16';
  readonly rows: number;
  readonly columns: number;
}

interface Expected {
  readonly epsg: number;
  readonly xMin: number;
  readonly yMax: number;
  readonly whole: readonly {
    readonly file: string;
    readonly metres: number;
    /** The full image and its overviews, largest first. */
    readonly images: readonly PackedPixels[];
  }[];
  readonly grids: readonly (PackedPixels & {
    readonly file: string;
    readonly factor: number;
    readonly resampling: Resampling;
    /** Column, row, columns, rows on the target grid, from the raster's top left corner. */
    readonly window: readonly [number, number, number, number];
  })[];
}

const FOLDER = join(import.meta.dirname, '../fixtures/raster');

export function fixtureBytes(name: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(join(FOLDER, name)));
}

export function fixtureJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as T;
}

export const EXPECTED = fixtureJson<Expected>('expected.json');

/** Fixtures are little-endian, as every platform that runs these tests. */
export function unpack({ pixels, dtype }: PackedPixels): Pixels {
  const bytes = Uint8Array.from(inflateSync(fixtureBytes(pixels)));
  return dtype === 'uint8' ? bytes : new Uint16Array(bytes.buffer);
}
