import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openRaster, readGrid, readRect, type Pixels } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { sharedDataMissing, sharedPath } from '../../support/shared-data';
import { crc32 } from './crc32';
import { fixtureJson } from './fixtures';

interface Checksums {
  readonly crc32: number;
  readonly sum: number;
  /** The same band by cubic at 10 m, without the rim. */
  readonly cubicInterior?: { readonly window: readonly [number, number, number, number]; readonly crc32: number };
}

/** What the reader takes of a file at first. */
const HEAD_BYTES = 16 * 1024;
const NEVER = new AbortController().signal;
const BANDS = fixtureJson<Record<string, Checksums>>('flanders-2018.json');

describe.skipIf(sharedDataMissing('flanders-2018'))('real Sentinel-2 bands equal what GDAL reads', () => {
  it.each(Object.entries(BANDS))('%s', async (path, expected) => {
    const file = Uint8Array.from(readFileSync(sharedPath(`flanders-2018/${path}`)));
    const transport = memoryTransport(new Map([[path, file]]));
    const raster = await openRaster(path, transport, NEVER);
    const { columns, rows, epsg, xMin, yMax } = raster.info;
    const whole = await readRect(raster, { column: 0, row: 0, columns, rows }, { signal: NEVER });
    expect({ crc32: checksum(whole), sum: Array.from(whole).reduce((sum, value) => sum + value, 0) }).toEqual({
      crc32: expected.crc32,
      sum: expected.sum,
    });
    // Files of up to 16 KiB come whole with their header.
    expect(transport.log.length).toBe(file.length < HEAD_BYTES ? 1 : 2);

    if (expected.cubicInterior === undefined || epsg === null) return;
    const [column, row, wide, high] = expected.cubicInterior.window;
    const grid = { epsg, xMin: xMin + column * 10, yMax: yMax - row * 10, pixelMetres: 10, columns: wide, rows: high };
    const { pixels: interior } = await readGrid(raster, grid, {
      resampling: 'cubic',
      signal: NEVER,
    });
    expect(checksum(interior)).toBe(expected.cubicInterior.crc32);
  });
});

function checksum(pixels: Pixels): number {
  return crc32(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
}
