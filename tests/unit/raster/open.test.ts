import { describe, expect, it } from 'vitest';
import { isCropError, type ErrorCode } from '../../../src/errors';
import { openRaster } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { type Bytes, gdalFile, NEVER, openBytes, withDirectoryAt, withTag } from './tiff-bytes';

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
      compression: 8,
      predictor: 2,
      epsg: 32633,
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

  it('gives up on a directory past 256 KiB without asking for it', async () => {
    const bytes = withDirectoryAt(gdalFile('plain-20m.tif'), 300 * KIB);
    const transport = memoryTransport(new Map([['far.tif', bytes]]));
    expect(await codeOf(openRaster('far.tif', transport, NEVER))).toBe('raster/unsupported');
    expect(transport.traffic().bytes).toBe(16 * KIB);
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
    ['32-bit pixels', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 258, 32)],
    ['signed pixels', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 339, 2)],
    ['JPEG', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 259, 7)],
    ['the floating point predictor', 'raster/unsupported', withTag(gdalFile('plain-20m.tif'), 317, 3)],
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
