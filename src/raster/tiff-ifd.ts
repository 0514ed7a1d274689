import { CropError } from '../errors';
import type { HeadBytes } from './head-bytes';
import { MAX_FILE_BYTES, MAX_IFDS, MAX_TAGS, MAX_VALUE_BYTES } from './limits';
import { FIELD, FIELD_BYTES, TAG } from './tiff-tags';

/** Values of the known tags of one image file directory. */
export interface Ifd {
  numbers(tag: number): readonly number[] | undefined;
  text(tag: number): string | undefined;
}

export interface TiffDirectories {
  readonly littleEndian: boolean;
  readonly ifds: readonly Ifd[];
}

interface Layout {
  readonly littleEndian: boolean;
  /** BigTIFF: 64-bit offsets and counts. */
  readonly big: boolean;
  readonly firstIfd: number;
}

const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(TAG).filter((tag) => tag !== TAG.gdalMetadata));
const LITTLE_ENDIAN_MARK = 0x4949;
const BIG_ENDIAN_MARK = 0x4d4d;
const CLASSIC_VERSION = 42;
const BIG_VERSION = 43;
/** Characters kept of a text; the only one read is a number. */
const MAX_TEXT = 64;

/**
 * All image file directories in the order of their chain (TIFF 6.0 section 2; BigTIFF as libtiff writes it).
 * Rejects with `raster/corrupt` or `raster/unsupported`.
 */
export async function readDirectories(head: HeadBytes): Promise<TiffDirectories> {
  const layout = await readLayout(head);
  const ifds: Ifd[] = [];
  const seen = new Set<number>();
  let valueBytes = 0;
  for (let offset = layout.firstIfd; offset !== 0;) {
    if (seen.has(offset) || ifds.length === MAX_IFDS) throw corrupt(head, 'its directories do not end');
    seen.add(offset);
    const { ifd, next, bytes } = await readIfd(head, layout, offset, MAX_VALUE_BYTES - valueBytes);
    valueBytes += bytes;
    ifds.push(ifd);
    offset = next;
  }
  if (ifds.length === 0) throw corrupt(head, 'it holds no image');
  return { littleEndian: layout.littleEndian, ifds };
}

async function readLayout(head: HeadBytes): Promise<Layout> {
  const view = await head.upTo(8);
  const mark = view.getUint16(0);
  if (mark !== LITTLE_ENDIAN_MARK && mark !== BIG_ENDIAN_MARK) throw corrupt(head, 'it does not begin like a TIFF');
  const littleEndian = mark === LITTLE_ENDIAN_MARK;
  const version = view.getUint16(2, littleEndian);
  if (version === CLASSIC_VERSION) return { littleEndian, big: false, firstIfd: view.getUint32(4, littleEndian) };
  if (version !== BIG_VERSION || view.getUint16(4, littleEndian) !== 8) {
    throw corrupt(head, `its version is ${version}, not 42 or 43`);
  }
  return { littleEndian, big: true, firstIfd: safeUint64(head, await head.upTo(16), 8, littleEndian) };
}

/** One directory, whose values may have `most` bytes together. */
async function readIfd(
  head: HeadBytes,
  layout: Layout,
  offset: number,
  most: number,
): Promise<{ ifd: Ifd; next: number; bytes: number }> {
  const { littleEndian, big } = layout;
  const countBytes = big ? 8 : 2;
  const entryBytes = big ? 20 : 12;
  const wordBytes = big ? 8 : 4;
  const start = offset + countBytes;
  let view = await head.upTo(start);
  const count = big ? safeUint64(head, view, offset, littleEndian) : view.getUint16(offset, littleEndian);
  if (count > MAX_TAGS) throw corrupt(head, `a directory has ${count} tags`);
  const end = start + count * entryBytes;
  view = await head.upTo(end + wordBytes);
  const word = (at: number) => (big ? safeUint64(head, view, at, littleEndian) : view.getUint32(at, littleEndian));
  const values = new Map<number, readonly number[]>();
  let bytes = 0;
  for (let at = start; at < end; at += entryBytes) {
    const tag = view.getUint16(at, littleEndian);
    if (!KNOWN_TAGS.has(tag)) continue;
    const type = view.getUint16(at + 2, littleEndian);
    const valueCount = word(at + 4);
    const valueBytes = FIELD_BYTES[type];
    if (valueBytes === undefined) throw corrupt(head, `tag ${tag} has the unknown type ${type}`);
    const length = valueCount * valueBytes;
    bytes += length;
    if (bytes > most) throw corrupt(head, `its tags hold more than ${MAX_VALUE_BYTES} bytes`);
    const inline = at + 4 + wordBytes;
    const from = length <= wordBytes ? inline : word(inline);
    view = await head.upTo(from + length);
    values.set(tag, readValues(head, view, from, type, valueCount, littleEndian));
  }
  return { ifd: ifdOf(values), next: word(end), bytes };
}

function ifdOf(values: ReadonlyMap<number, readonly number[]>): Ifd {
  return {
    numbers: (tag) => values.get(tag),
    text: (tag) => {
      const codes = values.get(tag);
      return codes && String.fromCharCode(...codes.slice(0, MAX_TEXT)).split('\0')[0];
    },
  };
}

function readValues(
  head: HeadBytes,
  view: DataView,
  from: number,
  type: number,
  count: number,
  littleEndian: boolean,
): readonly number[] {
  const width = FIELD_BYTES[type] ?? 0;
  return Array.from({ length: count }, (_, index) => {
    const at = from + index * width;
    switch (type) {
      case FIELD.byte:
      case FIELD.ascii:
        return view.getUint8(at);
      case FIELD.short:
        return view.getUint16(at, littleEndian);
      case FIELD.long:
        return view.getUint32(at, littleEndian);
      case FIELD.double:
        return view.getFloat64(at, littleEndian);
      case FIELD.long8:
        return safeUint64(head, view, at, littleEndian);
      default:
        throw corrupt(head, `a tag has the unexpected type ${type}`);
    }
  });
}

function safeUint64(head: HeadBytes, view: DataView, at: number, littleEndian: boolean): number {
  const value = view.getBigUint64(at, littleEndian);
  if (value > BigInt(MAX_FILE_BYTES)) throw corrupt(head, `the number ${value} in its header is beyond any file`);
  return Number(value);
}

function corrupt(head: HeadBytes, what: string): CropError {
  return new CropError('raster/corrupt', { url: head.url, what });
}
