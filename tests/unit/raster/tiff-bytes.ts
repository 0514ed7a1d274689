import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRaster, type GeoTiffImage, type Pixels, type Raster } from '../../../src/raster';
import { memoryTransport, type MemoryTransport } from '../../support/memory-transport';

export const NEVER = new AbortController().signal;

export type Bytes = Uint8Array<ArrayBuffer>;

/** A fixture written by GDAL (tests/conformance/fixtures/make_raster_fixtures.py, make_kinds_fixtures.py). */
export function gdalFile(name: string, folder: 'raster' | 'raster-kinds' = 'raster'): Bytes {
  return Uint8Array.from(readFileSync(join(import.meta.dirname, '../../conformance/fixtures', folder, name)));
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

/** An entry of a directory; the values of type LONG8 are those of BigTIFF. */
export interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly values: readonly number[];
  /** What the entry says, where it lies. */
  readonly claim?: number;
}

export interface TiffLayout {
  readonly littleEndian: boolean;
  readonly big: boolean;
  /** Where the directory begins; its long values follow it, or come before it where `valuesAt` says so. */
  readonly directoryAt: number;
  readonly valuesAt?: number;
}

const WIDTHS: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 12: 8, 16: 8 };

/** A TIFF of one directory and no pixels. */
export function tiffOf(entries: readonly Entry[], layout: TiffLayout): Bytes {
  const { littleEndian, big, directoryAt } = layout;
  const [countBytes, entryBytes, wordBytes] = big ? [8, 20, 8] : [2, 12, 4];
  const lengthOf = ({ type, values }: Entry): number => values.length * (WIDTHS[type] ?? 1);
  const directoryBytes = countBytes + entries.length * entryBytes + wordBytes;
  const bytes = new Uint8Array(
    Math.max(directoryAt, layout.valuesAt ?? 0) +
      directoryBytes +
      entries.reduce((sum, entry) => sum + lengthOf(entry), 0),
  );
  const view = new DataView(bytes.buffer);
  const word = (at: number, value: number): void => {
    if (big) view.setBigUint64(at, BigInt(value), littleEndian);
    else view.setUint32(at, value, littleEndian);
  };
  bytes.set(littleEndian ? [0x49, 0x49] : [0x4d, 0x4d]);
  view.setUint16(2, big ? 43 : 42, littleEndian);
  if (big) view.setUint16(4, 8, littleEndian);
  word(big ? 8 : 4, directoryAt);
  if (big) word(directoryAt, entries.length);
  else view.setUint16(directoryAt, entries.length, littleEndian);
  let valuesAt = layout.valuesAt ?? directoryAt + directoryBytes;
  for (const [index, entry] of entries.entries()) {
    const at = directoryAt + countBytes + index * entryBytes;
    view.setUint16(at, entry.tag, littleEndian);
    view.setUint16(at + 2, entry.type, littleEndian);
    word(at + 4, entry.claim ?? entry.values.length);
    const length = lengthOf(entry);
    const place = at + 4 + wordBytes;
    const from = length <= wordBytes ? place : valuesAt;
    if (length > wordBytes) word(place, valuesAt);
    for (const [nth, value] of entry.values.entries()) {
      const to = from + nth * (WIDTHS[entry.type] ?? 1);
      if (entry.type === 3) view.setUint16(to, value, littleEndian);
      else if (entry.type === 4) view.setUint32(to, value, littleEndian);
      else if (entry.type === 12) view.setFloat64(to, value, littleEndian);
      else if (entry.type === 16) view.setBigUint64(to, BigInt(value), littleEndian);
      else view.setUint8(to, value);
    }
    if (length > wordBytes) valuesAt += length;
  }
  return bytes;
}
