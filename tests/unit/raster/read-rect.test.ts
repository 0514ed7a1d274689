import { describe, expect, it } from 'vitest';
import { isAbort, isCropError } from '../../../src/errors';
import { readRect, writeGeoTiff, type PixelRect } from '../../../src/raster';
import { entryAt, gdalFile, isSame, NEVER, openBytes, padded, patternImage, withTag, type Bytes } from './tiff-bytes';

const TILE_OFFSETS = 324;
const TILE_BYTE_COUNTS = 325;
const KIB = 1024;

function rect(column: number, row: number, columns: number, rows: number): PixelRect {
  return { column, row, columns, rows };
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );
}

/** The offsets and sizes of the tiles of a little-endian classic TIFF. */
function tileArrays(bytes: Bytes): { offsets: number[]; counts: number[] } {
  const view = new DataView(bytes.buffer);
  const [offsets, counts] = [TILE_OFFSETS, TILE_BYTE_COUNTS].map((tag) => {
    const at = entryAt(bytes, tag);
    const short = view.getUint16(at + 2, true) === 3;
    const from = view.getUint32(at + 8, true);
    return Array.from({ length: view.getUint32(at + 4, true) }, (_, index) =>
      short ? view.getUint16(from + index * 2, true) : view.getUint32(from + index * 4, true),
    );
  });
  return { offsets, counts };
}

describe('readRect', () => {
  it('fetches exactly the stored tile, without what GDAL puts around it', async () => {
    const bytes = padded(gdalFile('cog-20m.tif'));
    const { offsets, counts } = tileArrays(bytes);
    const raster = await openBytes(bytes);
    await readRect(raster, rect(40, 2, 8, 8), { signal: NEVER });
    expect(raster.transport.log.slice(1)).toEqual([{ url: raster.info.url, start: offsets[1], length: counts[1] }]);
  });

  it('joins near tiles into one request and leaves the others alone', async () => {
    const bytes = padded(gdalFile('cog-20m.tif'));
    const { offsets, counts } = tileArrays(bytes);
    const raster = await openBytes(bytes);
    await readRect(raster, rect(0, 0, 64, 32), { signal: NEVER });
    const [request] = raster.transport.log.slice(1);
    expect(raster.transport.log.length).toBe(2);
    expect(request).toMatchObject({ start: offsets[0], length: offsets[1] + counts[1] - offsets[0] });
  });

  it('asks for nothing more where the whole file came with its header', async () => {
    const raster = await openBytes(gdalFile('cog-20m.tif'));
    const large = await openBytes(padded(gdalFile('cog-20m.tif')));
    const window = rect(3, 5, 60, 40);
    const pixels = await readRect(raster, window, { signal: NEVER });
    expect(isSame(pixels, await readRect(large, window, { signal: NEVER }))).toBe(true);
    expect(raster.transport.log.length).toBe(1);
    expect(large.transport.log.length).toBe(2);
  });

  it('splits requests where the gap is over 64 KiB', async () => {
    const image = patternImage(512, 256);
    const bytes = await writeGeoTiff(image);
    const { offsets, counts } = tileArrays(bytes);
    for (const [gap, requests] of [
      [64 * KIB, 1],
      [64 * KIB + 1, 2],
    ]) {
      const moved = offsets[0] + counts[0] + gap;
      const apart = new Uint8Array(moved + counts[1]);
      apart.set(bytes);
      apart.set(bytes.subarray(offsets[1], offsets[1] + counts[1]), moved);
      const view = new DataView(apart.buffer);
      view.setUint32(view.getUint32(entryAt(apart, TILE_OFFSETS) + 8, true) + 4, moved, true);
      const raster = await openBytes(apart);
      const pixels = await readRect(raster, rect(0, 0, 512, 256), { signal: NEVER });
      expect(isSame(pixels, image.bands[0])).toBe(true);
      expect(raster.transport.log.length - 1).toBe(requests);
    }
  });

  it('does not ask for tiles that were never written', async () => {
    const raster = await openBytes(gdalFile('b04-10m.tif'));
    const pixels = await readRect(raster, rect(70, 5, 40, 40), { signal: NEVER });
    expect(pixels.every((value) => value === 0)).toBe(true);
    expect(raster.transport.log.length).toBe(1);
  });

  it('fills places outside the image with its nodata value', async () => {
    const image = { ...patternImage(20, 10), nodata: 255 };
    const raster = await openBytes(await writeGeoTiff(image));
    const pixels = await readRect(raster, rect(-2, -1, 24, 12), { signal: NEVER });
    for (let row = 0; row < 12; row++) {
      for (let column = 0; column < 24; column++) {
        const inside = row >= 1 && row < 11 && column >= 2 && column < 22;
        const expected = inside ? image.bands[0][(row - 1) * 20 + column - 2] : 255;
        expect(pixels[row * 24 + column]).toBe(expected);
      }
    }
  });

  it('reads one band of several and fetches only its tiles', async () => {
    const image = patternImage(300, 40, 3);
    const raster = await openBytes(padded(await writeGeoTiff(image)));
    const window = rect(0, 0, 300, 40);
    for (const [band, expected] of image.bands.entries()) {
      expect(isSame(await readRect(raster, window, { signal: NEVER, band }), expected)).toBe(true);
    }
    expect(raster.transport.log.length).toBe(4);
  });

  it('names the file and the tile when one is damaged', async () => {
    const bytes = gdalFile('plain-20m.tif');
    const { offsets } = tileArrays(bytes);
    bytes[offsets[2] + 20] ^= 0xff;
    const raster = await openBytes(bytes, 'memory/damaged.tif');
    const error = await failure(readRect(raster, rect(0, 0, 70, 50), { signal: NEVER }));
    expect(error).toMatchObject({ code: 'raster/corrupt-tile', details: { url: 'memory/damaged.tif', tile: 2 } });
    expect((await readRect(raster, rect(0, 0, 32, 32), { signal: NEVER })).length).toBe(32 * 32);
  });

  it('calls tiles damaged that are cut off, too short or too long', async () => {
    const whole = gdalFile('plain-20m.tif');
    const { offsets, counts } = tileArrays(whole);
    const last = offsets.indexOf(Math.max(...offsets));
    const cut = await openBytes(whole.slice(0, offsets[last] + counts[last] - 5));
    expect(await failure(readRect(cut, rect(0, 0, 70, 50), { signal: NEVER }))).toMatchObject({
      code: 'raster/corrupt-tile',
      details: { tile: last, what: 'the file ends before it does' },
    });
    // Tiles said to be half as high hold more than they should; twice as high, less. Two rows of tiles stay two rows.
    const higher = await openBytes(withTag(whole, 323, 48));
    expect(
      isCropError(await failure(readRect(higher, rect(0, 0, 8, 8), { signal: NEVER })), 'raster/corrupt-tile'),
    ).toBe(true);
    const lower = await openBytes(withTag(whole, 323, 26));
    expect(await failure(readRect(lower, rect(0, 0, 8, 8), { signal: NEVER }))).toMatchObject({
      code: 'raster/corrupt-tile',
      details: { what: 'it holds more than 1664 bytes' },
    });
  });

  it.each(['lzw-20m.tif', 'zstd-20m.tif', 'uncompressed-20m.tif'])(
    'calls a damaged %s damaged, or reads it',
    async (name) => {
      const bytes = gdalFile(name);
      const { offsets, counts } = tileArrays(bytes);
      const half = bytes.slice(0, offsets[0] + Math.floor(counts[0] / 2));
      const raster = await openBytes(half);
      const error = await failure(readRect(raster, rect(0, 0, 8, 8), { signal: NEVER }));
      expect(isCropError(error, 'raster/corrupt-tile')).toBe(true);
    },
  );

  it('cancels the other requests when one fails', async () => {
    const raster = await openBytes(padded(await writeGeoTiff(patternImage(520, 300))));
    let asked: AbortSignal | undefined;
    const transport = {
      ...raster.transport,
      async readRange(_url: string, _start: number, _length: number, signal: AbortSignal) {
        asked = signal;
        throw new Error('line is dead');
      },
    };
    const work = readRect({ ...raster, transport }, rect(0, 0, 520, 300), { signal: NEVER });
    await expect(work).rejects.toThrow('line is dead');
    expect(asked?.aborted).toBe(true);
  });

  it('rejects with the reason of its signal, before and between requests', async () => {
    const raster = await openBytes(gdalFile('plain-20m.tif'));
    const early = await failure(readRect(raster, rect(0, 0, 8, 8), { signal: AbortSignal.abort() }));
    expect(isAbort(early)).toBe(true);
    expect(raster.transport.log.length).toBe(1);
    const controller = new AbortController();
    const work = failure(readRect(raster, rect(0, 0, 70, 50), { signal: controller.signal }));
    controller.abort();
    expect(isAbort(await work)).toBe(true);
  });

  it.each([
    ['no pixels', rect(0, 0, 0, 5), {}],
    ['half pixels', rect(0.5, 0, 4, 4), {}],
    ['more pixels than memory', rect(0, 0, 100_000, 100_000), {}],
    ['an overview that is not there', rect(0, 0, 4, 4), { overview: 3 }],
    ['a band that is not there', rect(0, 0, 4, 4), { band: 1 }],
  ])('refuses %s', async (_, window, options) => {
    const raster = await openBytes(gdalFile('plain-20m.tif'));
    const error = await failure(readRect(raster, window, { signal: NEVER, ...options }));
    expect(isCropError(error, 'raster/invalid-request')).toBe(true);
  });
});
