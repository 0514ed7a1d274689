import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernels, RASTER_KERNELS } from '../../../scripts/build-kernels.mjs';
import { cubicSupport, enlargeCubic } from '../../../src/raster/enlarge';
import { inflateByPlatform } from '../../../src/raster/inflate';
import { loadKernels, type Kernels } from '../../../src/raster/kernels';
import { placeTile } from '../../../src/raster/place-tile';
import type { TiffImage } from '../../../src/raster/tiff-image';

const BINARY = join(import.meta.dirname, '../../../src/raster/wasm/binary.ts');
const compilerIsMissing = spawnSync(RASTER_KERNELS.compiler, ['--version']).status !== 0;
if (compilerIsMissing)
  console.warn(`SKIPPED: the comparison of the kernels with their sources needs ${RASTER_KERNELS.compiler}.`);

async function kernels(): Promise<Kernels> {
  return (await loadKernels()) ?? expect.fail('this Node has no WebAssembly with SIMD');
}

/** Runs of zeros, short repeats, long matches, and pairs of a noisy and a calm byte, as 16-bit pixels are. */
const CONTENT = fc
  .record({
    pieces: fc.array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 400 })), { maxLength: 12 }),
    noise: fc.uint8Array({ maxLength: 5000 }),
  })
  .map(({ pieces, noise }) => {
    const repeated = pieces.flatMap(([piece, times]) => Array.from({ length: times }, () => [...piece]).flat());
    return Uint8Array.from([...repeated, ...noise, ...Array.from(noise).flatMap((value) => [value, value & 3])]);
  });

const OPTIONS = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.integer({ min: 0, max: 4 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
});

function outcome(work: () => Uint8Array): string {
  try {
    return Buffer.from(work()).toString('base64');
  } catch (error) {
    return error instanceof Error ? 'refused' : 'no error';
  }
}

async function outcomeOf(work: Promise<Uint8Array>): Promise<string> {
  const bytes = await work.catch(() => null);
  return outcome(() => bytes ?? expect.fail());
}

describe('our inflate', () => {
  it('gives what the platform gives, whatever way zlib stored it', async () => {
    const { inflate } = await kernels();
    await fc.assert(
      fc.property(CONTENT, OPTIONS, (content, options) => {
        const inflated = inflate(deflateSync(content, options), content.length);
        return Buffer.from(inflated).equals(content);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses exactly the damaged streams that the platform refuses', async () => {
    const { inflate } = await kernels();
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(CONTENT, OPTIONS, flips, async (content, options, damage) => {
        const stream = Uint8Array.from(deflateSync(content, options));
        for (const [at, bit] of damage) stream[at % stream.length]! ^= 1 << bit;
        const ours = outcome(() => inflate(stream, content.length));
        expect(ours).toBe(await outcomeOf(inflateByPlatform(stream, content.length)));
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a stream cut anywhere, and one with more or fewer bytes than expected', async () => {
    const { inflate } = await kernels();
    const content = Uint8Array.from({ length: 3000 }, (_, at) => (at * at) % 253);
    const stream = deflateSync(content);
    for (let length = 0; length < stream.length; length++) {
      expect(() => inflate(stream.subarray(0, length), content.length)).toThrow('damaged');
    }
    expect(() => inflate(stream, 2999)).toThrow('it holds more than 2999 bytes');
    expect(() => inflate(stream, 3001)).toThrow('it holds 3000 of 3001 bytes');
  });

  it('is not confused by what a longer stream left in its memory', async () => {
    const { inflate } = await kernels();
    const long = new Uint8Array(1_000_000).map((_, at) => (at * 31) % 255);
    expect(inflate(deflateSync(long), long.length).length).toBe(long.length);
    const short = deflateSync(Uint8Array.of(1, 2, 3));
    expect([...inflate(short, 3)]).toEqual([1, 2, 3]);
    expect(() => inflate(short.subarray(0, short.length - 1), 3)).toThrow('damaged');
  });
});

describe('our undoing of the predictor', () => {
  const SIDE = 64;
  const image: TiffImage = {
    columns: SIDE,
    rows: SIDE,
    tileColumns: SIDE,
    tileRows: SIDE,
    tilesAcross: 1,
    tilesDown: 1,
    padded: true,
    bandCount: 1,
    separate: false,
    bitsPerSample: 16,
    pixelType: 'uint16',
    littleEndian: true,
    compression: 8,
    predictor: 2,
    jpegTables: null,
    lercPacking: 0,
    alphaBand: null,
    mask: null,
    offsets: [8],
    counts: [1],
  };
  const place = { tileColumn: 0, tileRow: 0, band: 0 };

  it('places what the sums one by one place, whatever part of a tile is wanted', async () => {
    const kernel = await kernels();
    const corner = fc.integer({ min: -5, max: SIDE - 1 });
    const side = fc.integer({ min: 6, max: SIDE + 5 });
    await fc.assert(
      fc.property(corner, corner, side, side, fc.nat(2 ** 31 - 1), (column, row, columns, rows, seed) => {
        const stored = Uint8Array.from({ length: SIDE * SIDE * 2 }, (_, at) => Math.imul(at + seed, 2654435761) >>> 11);
        const rect = { column, row, columns, rows };
        const [slow, fast] = [new Uint16Array(columns * rows), new Uint16Array(columns * rows)];
        placeTile(stored.slice(), image, place, rect, slow);
        placeTile(kernel.inflate(deflateSync(stored), stored.length), image, place, rect, fast, kernel);
        expect(fast).toEqual(slow);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves pixels alone that are not in its memory', async () => {
    const kernel = await kernels();
    const pixels = Uint16Array.of(1, 1, 1, 1);
    expect(kernel.addUp(pixels, 4, 4, 1)).toBe(false);
    expect([...pixels]).toEqual([1, 1, 1, 1]);
  });
});

describe('our enlargement by 2', () => {
  it('equals the cubic in floating point wherever a window lies, in bright and dark', async () => {
    const kernel = await kernels();
    const side = fc.integer({ min: 1, max: 23 });
    const place = fc.record({ column: fc.integer({ min: 6, max: 90 }), row: fc.integer({ min: 6, max: 90 }) });
    const content = fc.tuple(fc.nat(2 ** 31 - 1), fc.constantFrom(0xffff, 0xfff, 3), fc.constantFrom(null, 0));
    await fc.assert(
      fc.property(place, side, side, content, ({ column, row }, columns, rows, [seed, mask, nodata]) => {
        const target = { column, row, columns, rows };
        const [across, down] = [cubicSupport(column, columns, 2), cubicSupport(row, rows, 2)];
        const rect = { column: across.first, row: down.first, columns: across.count, rows: down.count };
        const draw = (at: number) => ((Math.imul(at + seed, 2654435761) >>> 13) ^ seed) & mask;
        const pixels = Uint16Array.from({ length: rect.columns * rect.rows }, (_, at) => draw(at));
        const source = { pixels, valid: null, rect, rasterColumns: 60, rasterRows: 60 };
        expect(kernel.enlargeTwice(pixels, rect, target, nodata === 0 ? 1 : 0)).toEqual(
          enlargeCubic(source, 2, target, nodata).pixels,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('the committed kernels', () => {
  it.skipIf(compilerIsMissing)('are what the sources beside it compile to, byte for byte', () => {
    expect(compileKernels(RASTER_KERNELS)).toBe(readFileSync(BINARY, 'utf8'));
  });
});
