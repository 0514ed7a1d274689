import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLzw } from '../../../src/raster/lzw';
import { decodePackBits } from '../../../src/raster/pack-bits';
import { vetJpeg, vetLerc } from '../../../src/raster/vet-blobs';
import { vetZstd } from '../../../src/raster/vet-zstd';

/** Codes of nine bits, highest bit first. */
function nineBits(codes: readonly number[]): Uint8Array {
  const bits = codes.map((code) => code.toString(2).padStart(9, '0')).join('');
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, at) =>
    parseInt(bits.slice(at * 8, at * 8 + 8).padEnd(8, '0'), 2),
  );
}

describe('LZW', () => {
  it('is undone as TIFF 6.0 shows it', () => {
    // The example of section 13: 7 7 7 8 8 7 7 6 6.
    const stream = nineBits([256, 7, 258, 8, 8, 258, 6, 6, 257]);
    expect([...decodeLzw(stream, 9)]).toEqual([7, 7, 7, 8, 8, 7, 7, 6, 6]);
  });

  it('says what is wrong with a stream', () => {
    expect(() => decodeLzw(nineBits([256, 7, 257]), 9)).toThrow('holds 1 of 9 bytes');
    expect(() => decodeLzw(nineBits([256, 7]), 9)).toThrow('holds 1 of 9 bytes');
    expect(() => decodeLzw(nineBits([256, 7, 300]), 9)).toThrow('code 300 too early');
    expect(() => decodeLzw(nineBits([256, 258]), 9)).toThrow('code 258 too early');
    expect(() => decodeLzw(nineBits([256, 7, 258, 259]), 4)).toThrow('more than 4 bytes');
  });
});

describe('PackBits', () => {
  it('is undone as TIFF 6.0 shows it', () => {
    const stream = Uint8Array.of(0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0x80, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22);
    const expected = [0xaa, 0xaa, 0xaa, 0x80, 0, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0, 0x2a, 0x22];
    expect([...decodePackBits(stream, expected.length)]).toEqual(expected);
  });

  it('says what is wrong with a stream', () => {
    expect(() => decodePackBits(Uint8Array.of(0xfe, 1), 4)).toThrow('holds 3 of 4 bytes');
    expect(() => decodePackBits(Uint8Array.of(0xfe), 4)).toThrow('holds 0 of 4 bytes');
    expect(() => decodePackBits(Uint8Array.of(3, 1, 2), 4)).toThrow('holds 0 of 4 bytes');
    expect(() => decodePackBits(Uint8Array.of(0x81, 1), 4)).toThrow('more than 4 bytes');
  });
});

describe('what a blob says of itself', () => {
  const FRAME = [0x28, 0xb5, 0x2f, 0xfd, 0, 0];
  /** A block of one byte repeated 128 KiB times, and the last one. */
  const repeated = (isLast: boolean) => [0x02 | Number(isLast), 0, 0x10, 7];

  it('is believed of zstd only as far as its tile goes', () => {
    const bomb = Uint8Array.from([...FRAME, ...Array.from({ length: 999 }, () => repeated(false)).flat()]);
    expect(() => vetZstd(bomb, 1000)).toThrow('may hold more than');
    const honest = Uint8Array.from([...FRAME, ...repeated(true)]);
    expect(() => vetZstd(honest, 128 * 1024)).not.toThrow();
    expect(() => vetZstd(honest.subarray(0, 7), 1000)).toThrow('damaged');
    expect(() => vetZstd(Uint8Array.of(1, 2, 3, 4, 5), 1000)).toThrow('damaged');
  });

  it('is held against the tile for LERC', () => {
    const head = (columns: number, rows: number, valid: number, type: number) => {
      const bytes = new Uint8Array(64);
      bytes.set([...'Lerc2 '].map((letter) => letter.charCodeAt(0)));
      const view = new DataView(bytes.buffer);
      [4, 0, rows, columns, 1, valid, 8, 64, type].forEach((value, at) => view.setInt32(6 + at * 4, value, true));
      return bytes;
    };
    const tile = { columns: 16, rows: 8, samples: 1, pixelType: 'uint16' } as const;
    expect(() => vetLerc(head(16, 8, 128, 3), tile)).not.toThrow();
    expect(() => vetLerc(head(160_000, 8, 128, 3), tile)).toThrow('160000 x 8 x 1 pixels');
    expect(() => vetLerc(head(16, 8, 128, 1), tile)).toThrow('of type uint8');
    expect(() => vetLerc(head(16, 8, 127, 3), tile)).toThrow('a mask of its own');
    expect(() => vetLerc(new Uint8Array(64), tile)).toThrow('damaged');
  });

  it('is held against the tile for JPEG', () => {
    const stream = (rows: number, bits = 8) =>
      Uint8Array.of(
        0xff,
        0xd8,
        0xff,
        0xe0,
        0,
        4,
        1,
        2,
        0xff,
        0xc0,
        0,
        11,
        bits,
        rows >> 8,
        rows & 255,
        0,
        16,
        1,
        1,
        0x11,
        0,
      );
    const tile = { columns: 16, rows: 8, samples: 1, pixelType: 'uint8' } as const;
    expect(() => vetJpeg(stream(8), tile)).not.toThrow();
    expect(() => vetJpeg(stream(60_000), tile)).toThrow('16 x 60000 x 1 pixels');
    expect(() => vetJpeg(stream(8, 12), tile)).toThrow('12 bits');
    expect(() => vetJpeg(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), tile)).toThrow('damaged');
  });

  it('ends in an answer or an error, whatever the bytes', () => {
    const tile = { columns: 16, rows: 16, samples: 1, pixelType: 'uint8' } as const;
    const readers = [
      (bytes: Uint8Array) => expect(decodeLzw(bytes, 256)).toHaveLength(256),
      (bytes: Uint8Array) => expect(decodePackBits(bytes, 256)).toHaveLength(256),
      (bytes: Uint8Array) => vetZstd(bytes, 256),
      (bytes: Uint8Array) => vetLerc(bytes, tile),
      (bytes: Uint8Array) => vetJpeg(bytes, tile),
    ];
    const start = fc.constantFrom([], FRAME, [0xff, 0xd8], [0x80, 0x00], [76, 101, 114, 99, 50, 32, 4, 0, 0, 0]);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), fc.nat(readers.length - 1), (head, rest, nth) => {
        try {
          readers[nth]!(Uint8Array.from([...head, ...rest]));
        } catch (error) {
          expect((error as Error).message).toMatch(/^(it holds|its (LZW|zstd|LERC|JPEG))/);
        }
      }),
      { numRuns: 2000, seed: 20261128 },
    );
  });
});
