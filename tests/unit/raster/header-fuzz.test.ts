import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCropError } from '../../../src/errors';
import { openRaster, readMasked } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { PROPERTY_RUNS } from '../../support/property-runs';
import { type Bytes, gdalFile, NEVER } from './tiff-bytes';

/** The directories and tile arrays of the fixtures lie in their first bytes. */
const HEADER_BYTES = 700;
const CORNER = { column: 0, row: 0, columns: 40, rows: 40 };
const FIXTURES = [
  ...['plain-20m.tif', 'big-endian-20m.tif', 'bigtiff-20m.tif', 'b04-10m.tif', 'strips-20m.tif'].map((name) =>
    gdalFile(name),
  ),
  ...[
    'mask',
    'alpha',
    'packbits',
    'lzw',
    'zstd-int16',
    'lerc-float32',
    'lerc-zstd-uint16',
    'jpeg',
    'one-bit',
    'float32-nan',
  ].map((name) => gdalFile(`${name}.tif`, 'raster-kinds')),
];

/** Opens and reads a corner; a catalogue error is an answer, anything else fails the property. */
async function survives(bytes: Bytes): Promise<void> {
  const transport = memoryTransport(new Map([['file', bytes]]));
  try {
    const raster = await openRaster('file', transport, NEVER);
    const { columns, rows, tileColumns, tileRows, pixelMetres } = raster.info;
    for (const size of [columns, rows, tileColumns, tileRows, pixelMetres]) expect(size).toBeGreaterThan(0);
    const { pixels } = await readMasked(raster, CORNER, { signal: NEVER });
    expect(pixels.length).toBe(CORNER.columns * CORNER.rows);
  } catch (error) {
    if (!isCropError(error)) throw error;
    expect(error.code).toMatch(/^raster\/(corrupt|corrupt-tile|unsupported|nodata-outside-type)$/);
  }
}

describe('a damaged header is a catalogue error or a picture, never a hang or a flood of memory', () => {
  it('with some bytes of a sound file changed', async () => {
    const change = fc.tuple(fc.nat(HEADER_BYTES), fc.oneof(fc.constantFrom(0, 1, 255), fc.nat(255)));
    const damaged = fc.record({
      file: fc.constantFrom(...FIXTURES),
      changes: fc.array(change, { minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ file, changes }) => {
        const bytes = file.slice();
        for (const [at, value] of changes) bytes[at] = value;
        await survives(bytes);
      }),
      { numRuns: PROPERTY_RUNS, seed: 20180419 },
    );
  });

  it('with random bytes behind the mark of a TIFF', async () => {
    const mark = fc.constantFrom([0x49, 0x49, 42, 0], [0x4d, 0x4d, 0, 42], [0x49, 0x49, 43, 0, 8, 0, 0, 0]);
    await fc.assert(
      fc.asyncProperty(mark, fc.uint8Array({ minLength: 0, maxLength: 600 }), async (start, rest) => {
        await survives(Uint8Array.from([...start, ...rest]));
      }),
      { numRuns: PROPERTY_RUNS, seed: 20180420 },
    );
  });
});
