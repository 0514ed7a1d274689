import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRaster, type GeoTiffImage, type Pixels, type Raster } from '../../../src/raster';
import { memoryTransport, type MemoryTransport } from '../../support/memory-transport';

export const NEVER = new AbortController().signal;

export type Bytes = Uint8Array<ArrayBuffer>;

/** A fixture written by GDAL (tests/conformance/fixtures/make_raster_fixtures.py). */
export function gdalFile(name: string): Bytes {
  return Uint8Array.from(readFileSync(join(import.meta.dirname, '../../conformance/fixtures/raster', name)));
}

/** A copy with so much behind it that it does not come whole with its header: its tiles need requests. */
export function padded(bytes: Bytes): Bytes {
  const copy = new Uint8Array(bytes.length + 16 * 1024);
  copy.set(bytes);
  return copy;
}

/** Opens bytes under an address, over a transport that logs its requests. */
export async function openBytes(
  bytes: Bytes,
  url = 'memory/band.tif',
): Promise<Raster & { transport: MemoryTransport }> {
  const transport = memoryTransport(new Map([[url, bytes]]));
  return { ...(await openRaster(url, transport, NEVER)), transport };
}

/** Where the entry of a tag lies in the first directory of a little-endian classic TIFF. */
export function entryAt(bytes: Bytes, tag: number): number {
  const view = new DataView(bytes.buffer);
  const ifd = view.getUint32(4, true);
  for (let index = 0; index < view.getUint16(ifd, true); index++) {
    const at = ifd + 2 + index * 12;
    if (view.getUint16(at, true) === tag) return at;
  }
  throw new Error(`no tag ${tag}`);
}

/** A copy whose tag holds one other value (types short and long). */
export function withTag(bytes: Bytes, tag: number, value: number): Bytes {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const at = entryAt(copy, tag);
  const short = view.getUint16(at + 2, true) === 3;
  const inline = view.getUint32(at + 4, true) * (short ? 2 : 4) <= 4;
  const place = inline ? at + 8 : view.getUint32(at + 8, true);
  if (short) view.setUint16(place, value, true);
  else view.setUint32(place, value, true);
  return copy;
}

/** A copy that is longer, with its first directory moved to `offset`. */
export function withDirectoryAt(bytes: Bytes, offset: number): Bytes {
  const view = new DataView(bytes.buffer);
  const ifd = view.getUint32(4, true);
  const length = 2 + view.getUint16(ifd, true) * 12 + 4;
  const copy = new Uint8Array(Math.max(bytes.length, offset + length));
  copy.set(bytes);
  copy.set(bytes.subarray(ifd, ifd + length), offset);
  new DataView(copy.buffer).setUint32(4, offset, true);
  return copy;
}

/** An image of the given size whose bands hold a repeatable pattern. */
export function patternImage(columns: number, rows: number, bandCount = 1): GeoTiffImage {
  const bands = Array.from({ length: bandCount }, (_, band) =>
    Uint8Array.from({ length: columns * rows }, (__, at) => (at * 7 + Math.floor(at / columns) * 13 + band * 31) % 251),
  );
  return { epsg: 32633, xMin: 399960, yMax: 5600040, pixelMetres: 10, columns, rows, bands, nodata: null };
}

/** Whether two arrays are of one type and hold the same bytes; vitest's own comparison takes seconds for an image. */
export function isSame(actual: Pixels, expected: ArrayBufferView): boolean {
  const bytes = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return actual.constructor === expected.constructor && bytes(actual).equals(bytes(expected));
}
