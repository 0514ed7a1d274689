import { type GeoTIFF, globals, registerTag } from 'geotiff';
import type { HeadSource } from './head-source';
import { MAX_TAGS, MAX_VALUE_BYTES } from './limits';

/** Fields that are read here, by their names in TIFF 6.0, GeoTIFF 1.1 and GDAL. */
const FIELDS = [
  'NewSubfileType',
  'ImageWidth',
  'ImageLength',
  'BitsPerSample',
  'Compression',
  'PhotometricInterpretation',
  'FillOrder',
  'SamplesPerPixel',
  'RowsPerStrip',
  'PlanarConfiguration',
  'Predictor',
  'TileWidth',
  'TileLength',
  'SampleFormat',
  'ExtraSamples',
  'JPEGTables',
  'LercParameters',
  'ModelPixelScale',
  'ModelTiepoint',
  'ModelTransformation',
  'GeoKeyDirectory',
  'GDAL_NODATA',
  'StripOffsets',
  'StripByteCounts',
  'TileOffsets',
  'TileByteCounts',
] as const;

export type FieldName = (typeof FIELDS)[number];

/** Types that they may have. geotiff.js reads others as well, among them fractions as their two halves. */
const { BYTE, ASCII, SHORT, LONG, UNDEFINED, DOUBLE, LONG8 } = globals.fieldTypes;
const TYPES: ReadonlySet<number> = new Set([BYTE, ASCII, SHORT, LONG, UNDEFINED, DOUBLE, LONG8]);

/** Bytes of the number of entries, of an entry, and of a place in the file. */
const CLASSIC = { count: 2, entry: 12, place: 4 } as const;
const BIG = { count: 8, entry: 20, place: 8 } as const;

/**
 * Has geotiff.js read all of these together with their directory. Some it would put off until they are asked for, and
 * would then take for little-endian whatever the file says (3.0.5).
 */
export function readFieldsAtOnce(): void {
  for (const name of FIELDS) {
    const { tag, isArray, eager } = globals.getTag(name);
    if (!eager) registerTag(tag, name, undefined, isArray, true);
  }
}

/**
 * Looks over the entries of the directory at `offset` before geotiff.js reads their values, and fetches the bytes that
 * it will read: by itself it believes every number, makes arrays as long as they claim to be, and reads the same
 * bytes as often as they are named. Gives the bytes of all values together, which may be no more than `allowance`.
 * Rejects with a plain Error that says what is wrong, or as `head.reach` does.
 */
export async function vetDirectory(
  head: HeadSource,
  tiff: GeoTIFF,
  offset: number,
  allowance: number,
): Promise<number> {
  const bytes = tiff.bigTiff ? BIG : CLASSIC;
  const start = offset + bytes.count;
  await head.reach(offset, start);
  const first = await tiff.getSlice(offset, bytes.count);
  const entries = tiff.bigTiff ? first.readUint64(offset) : first.readUint16(offset);
  if (entries > MAX_TAGS) throw new Error(`a directory has ${entries} tags`);
  const end = start + entries * bytes.entry;
  await head.reach(start, end + bytes.place);
  const slice = await tiff.getSlice(start, end - start);
  const known = new Set(FIELDS.map((name) => globals.tags[name]));
  const outside: { readonly start: number; readonly end: number }[] = [];
  let valueBytes = 0;
  for (let at = start; at < end; at += bytes.entry) {
    const tag = slice.readUint16(at);
    const type = slice.readUint16(at + 2);
    if (known.has(tag) && !TYPES.has(type)) throw new Error(`tag ${tag} has the unexpected type ${type}`);
    const length = slice.readOffset(at + 4) * globals.getFieldTypeSize(type as globals.FieldType);
    valueBytes += length;
    if (valueBytes > allowance) throw new Error(`its tags hold more than ${MAX_VALUE_BYTES} bytes`);
    if (length <= bytes.place || globals.tagDefinitions[tag]?.eager !== true) continue;
    const valueAt = slice.readOffset(at + 4 + bytes.place);
    outside.push({ start: valueAt, end: valueAt + length });
  }
  // In the order of the file, so that one read brings those that follow each other.
  for (const value of outside.sort((one, other) => one.start - other.start)) await head.reach(value.start, value.end);
  return valueBytes;
}
