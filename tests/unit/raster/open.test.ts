import { describe, expect, it } from 'vitest';
import { isCropError, type ErrorCode } from '../../../src/errors';
import { openRaster } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { type Bytes, gdalFile, NEVER, openBytes, padded, tiffOf, withDirectoryAt, withTag } from './tiff-bytes';

const KIB = 1024;

async function codeOf(work: Promise<unknown>): Promise<ErrorCode | unknown> {
  return work.then(
    () => 'no error',
    (error: unknown) => (isCropError(error) ? error.code : error),
  );
}

describe('openRaster', () => {
  it('reads a header with overviews in one request of 16 KiB', async () => {
    const raster = await openBytes(gdalFile('b04-10m.tif'), 'memory/b04.tif');
    expect(raster.info).toEqual({
      url: 'memory/b04.tif',
      columns: 136,
      rows: 120,
      tileColumns: 64,
      tileRows: 64,
      bitsPerSample: 16,
      pixelType: 'uint16',
      compression: 8,
      predictor: 2,
      epsg: 32633,
      declaredEpsg: 32633,
      xMin: 399960,
      yMax: 5600040,
      pixelMetres: 10,
      nodata: 0,
      overviews: [
        { columns: 68, rows: 60 },
        { columns: 34, rows: 30 },
      ],
    });
    expect(raster.transport.log).toEqual([{ url: 'memory/b04.tif', start: 0, length: 16 * KIB }]);
  });

  it('fetches only what is missing when a directory lies further back', async () => {
    const raster = await openBytes(withDirectoryAt(gdalFile('plain-20m.tif'), 100 * KIB));
    expect(raster.info).toMatchObject({ columns: 70, rows: 50 });
    expect(raster.transport.log.map(({ start, length }) => [start, length])).toEqual([
      [0, 16 * KIB],
      [16 * KIB, 48 * KIB],
      [64 * KIB, 192 * KIB],
    ]);
  });

  it('reads a directory that follows the pixels in one more request, however far back it lies', async () => {
    const { transport, info } = await openBytes(withDirectoryAt(gdalFile('plain-20m.tif'), 3000 * KIB));
    expect(info).toMatchObject({ columns: 70, rows: 50 });
    expect(transport.log.map(({ start, length }) => [start, length])).toEqual([
      [0, 16 * KIB],
      [3000 * KIB, 64 * KIB],
    ]);
  });

  it('gives up on a directory past the end of the file', async () => {
    const bytes = padded(withDirectoryAt(gdalFile('plain-20m.tif'), 300 * KIB)).slice(0, 290 * KIB);
    await expect(openBytes(bytes)).rejects.toMatchObject({ code: 'raster/corrupt' });
  });

  it('gives up on a header that lies in more places than any', async () => {
    const places = Array.from({ length: 80 }, (_, nth) => ({
      tag: 33550,
      type: 12,
      values: [10, 10, 0],
      at: (300 + nth * 100) * KIB,
    }));
    const bytes = tiffOf(places, { littleEndian: true, big: false, directoryAt: 8, valuesAt: 9000 * KIB });
    const view = new DataView(bytes.buffer);
    places.forEach(({ at }, nth) => view.setUint32(10 + nth * 12 + 8, at, true));
    await expect(openBytes(bytes)).rejects.toMatchObject({ code: 'raster/unsupported' });
  });

  it('reads strips as tiles as wide as the image', async () => {
    const raster = await openBytes(gdalFile('strips-20m.tif'));
    expect(raster.info).toMatchObject({ tileColumns: 70, tileRows: 16 });
  });

  it.each<[what: string, code: ErrorCode, bytes: Bytes]>([
    ['text', 'raster/corrupt', new TextEncoder().encode('<html>not a raster</html>')],
    ['nothing', 'raster/corrupt', new Uint8Array(0)],
    ['a file that ends in its header', 'raster/corrupt', gdalFile('plain-20m.tif').slice(0, 60)],
    ['another version', 'raster/corrupt', Uint8Array.of(0x49, 0x49, 44, 0, 8, 0, 0, 0)],
    ['no directory', 'raster/corrupt', Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0)],
    ['width 0', 'raster/corrupt', withTag(gdalFile('plain-20m.tif'), 256, 0)],
    ['a width its tiles do not fill', 'raster/corrupt', withTag(gdalFile('plain-20m.tif'), 256, 7000)],
    ['tiles of width 0', 'raster/corrupt', withTag(gdalFile('plain-20m.tif'), 322, 0)],
    ['enormous tiles', 'raster/unsupported', withTag(withTag(gdalFile('plain-20m.tif'), 322, 65535), 323, 65535)],
    ['a tile of 4 GB', 'raster/corrupt', withTag(gdalFile('plain-20m.tif'), 325, 0xffffffff)],
    ['24-bit pixels', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 258, 24)],
    ['complex pixels', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 339, 6)],
    ['half floats', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 339, 3)],
    ['WebP', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 259, 50001)],
    ['JPEG of 16 bits', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 259, 7)],
    ['the floating point predictor of whole pixels', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 317, 3)],
  ])('refuses %s: %s', async (_, code, bytes) => {
    expect(await codeOf(openBytes(bytes))).toBe(code);
  });

  it('refuses directories that lead in a circle', async () => {
    const bytes = gdalFile('plain-20m.tif');
    const view = new DataView(bytes.buffer);
    const ifd = view.getUint32(4, true);
    view.setUint32(ifd + 2 + view.getUint16(ifd, true) * 12, ifd, true);
    await expect(openBytes(bytes)).rejects.toThrow('do not end');
  });

  it('refuses thousands of tags that all name the same bytes, at once', async () => {
    const tags = 4000;
    const bytes = new Uint8Array(200 * KIB);
    const view = new DataView(bytes.buffer);
    [0x49, 0x49, 42, 0, 8].forEach((value, at) => (bytes[at] = value));
    view.setUint16(8, tags, true);
    for (let at = 10; at < 10 + tags * 12; at += 12) {
      view.setUint16(at, 324, true);
      view.setUint16(at + 2, 1, true);
      view.setUint32(at + 4, 150 * KIB, true);
      view.setUint32(at + 8, 8, true);
    }
    const before = performance.now();
    await expect(openBytes(bytes)).rejects.toThrow('its tags hold more than');
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('passes on what the transport says, and stops when cancelled', async () => {
    expect(await codeOf(openRaster('absent.tif', memoryTransport(new Map()), NEVER))).toBe('net/not-found');
    const transport = memoryTransport(new Map([['a.tif', gdalFile('plain-20m.tif')]]));
    await expect(openRaster('a.tif', transport, AbortSignal.abort())).rejects.toHaveProperty('name', 'AbortError');
    expect(transport.log).toEqual([]);
  });
});
