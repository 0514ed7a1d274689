import { describe, expect, it } from 'vitest';
import { type Bytes, type Entry, openBytes, tiffOf } from './tiff-bytes';

const KIB = 1024;
const [BYTE, SHORT, LONG, RATIONAL, DOUBLE, LONG8] = [1, 3, 4, 5, 12, 16];
const SIDE = 20;
const TILES = SIDE * SIDE;
const OFFSETS = Array.from({ length: TILES }, (_, tile) => 70_000 + tile * 257);
const COUNTS = Array.from({ length: TILES }, (_, tile) => 100 + (tile % 7));
const LITTLE = { littleEndian: true, big: false, directoryAt: 8 };

/** 320 x 320 pixels in tiles of 16; the tile arrays are longer than what geotiff.js takes with a directory. */
function entries(placeType = LONG): Entry[] {
  return [
    { tag: 256, type: SHORT, values: [SIDE * 16] },
    { tag: 257, type: SHORT, values: [SIDE * 16] },
    { tag: 258, type: SHORT, values: [8] },
    { tag: 259, type: SHORT, values: [8] },
    { tag: 317, type: SHORT, values: [2] },
    { tag: 322, type: SHORT, values: [16] },
    { tag: 323, type: SHORT, values: [16] },
    { tag: 324, type: placeType, values: OFFSETS },
    { tag: 325, type: SHORT, values: COUNTS },
    { tag: 33550, type: DOUBLE, values: [10, 10, 0] },
    { tag: 33922, type: DOUBLE, values: [0, 0, 0, 399960, 5600040, 0] },
    { tag: 34735, type: SHORT, values: [1, 1, 0, 1, 3072, 0, 1, 32633] },
  ];
}

/** The same with one entry in place of that of its tag, or more than there were. */
function with_(entry: Entry): Bytes {
  return tiffOf([...entries().filter(({ tag }) => tag !== entry.tag), entry], LITTLE);
}

describe('arrays of tiles', () => {
  it.each([
    ['little-endian', { ...LITTLE }, LONG],
    ['big-endian', { ...LITTLE, littleEndian: false }, LONG],
    ['little-endian, far away', { ...LITTLE, directoryAt: 16 * KIB, valuesAt: 64 }, LONG],
    [
      'big-endian, before their directory',
      { littleEndian: false, big: false, directoryAt: 16 * KIB, valuesAt: 64 },
      LONG,
    ],
    ['big-endian, far behind it', { littleEndian: false, big: false, directoryAt: 8, valuesAt: 40 * KIB }, LONG],
    ['big-endian BigTIFF', { littleEndian: false, big: true, directoryAt: 30 * KIB, valuesAt: 64 }, LONG8],
    ['little-endian BigTIFF', { littleEndian: true, big: true, directoryAt: 16, valuesAt: 30 * KIB }, LONG8],
  ])('are read right where they are %s', async (_, layout, placeType) => {
    const { full, info } = await openBytes(tiffOf(entries(placeType), layout));
    expect(Array.from(full.offsets)).toEqual(OFFSETS);
    expect(Array.from(full.counts)).toEqual(COUNTS);
    expect(full.littleEndian).toBe(layout.littleEndian);
    expect(info).toMatchObject({ epsg: 32633, predictor: 2, xMin: 399960, yMax: 5600040, pixelMetres: 10 });
  });
});

describe('a header that lies', () => {
  it.each<[what: string, message: string, bytes: Bytes]>([
    ['geo keys without end', 'geo keys are cut off', with_({ tag: 34735, type: LONG, values: [1, 1, 0, 0xffffffff] })],
    [
      'half of the geo keys',
      'geo keys are cut off',
      with_({ tag: 34735, type: SHORT, values: [1, 1, 0, 9, 3072, 0, 1, 1] }),
    ],
    [
      'an array that fills the memory',
      'its tags hold more than',
      with_({ tag: 320, type: LONG8, values: [1], claim: 2 ** 31 }),
    ],
    [
      'a text that fills the memory',
      'its tags hold more than',
      with_({ tag: 42112, type: BYTE, values: [1], claim: 2 ** 31 }),
    ],
    ['a width as a fraction', 'unexpected type 5', with_({ tag: 256, type: RATIONAL, values: [320, 1] })],
    ['a type that there is not', 'Invalid field type: 99', with_({ tag: 305, type: 99, values: [1] })],
    [
      'places between bytes',
      'claims 100 bytes at 0.5',
      with_({ tag: 324, type: DOUBLE, values: OFFSETS.map((at) => at - 69999.5) }),
    ],
  ])('is refused: %s', async (_, message, bytes) => {
    const before = performance.now();
    await expect(openBytes(bytes)).rejects.toMatchObject({
      code: 'raster/corrupt',
      message: expect.stringContaining(message),
    });
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('is refused where a directory has more tags than any', async () => {
    const entry = { tag: 65000, type: SHORT, values: [1] };
    await expect(openBytes(tiffOf(Array<Entry>(4097).fill(entry), LITTLE))).rejects.toThrow(
      'a directory has 4097 tags',
    );
  });

  it('keeps a predictor that is given once for each band', async () => {
    const { info } = await openBytes(with_({ tag: 317, type: SHORT, values: [2, 2, 2] }));
    expect(info.predictor).toBe(2);
  });
});

describe('what lies far from the head', () => {
  it('is not fetched where nothing is read of it', async () => {
    const metadata = { tag: 42112, type: 2, values: Array<number>(40 * KIB).fill(32) };
    const raster = await openBytes(tiffOf([...entries(), metadata], LITTLE));
    expect(raster.transport.log).toEqual([{ url: 'memory/band.tif', start: 0, length: 16 * KIB }]);
  });
});
