import { CropError } from '../errors';
import {
  MAX_BANDS,
  MAX_EXPANSION,
  MAX_FILE_BYTES,
  MAX_IMAGE_SIDE,
  MAX_TILE_BYTES,
  TILE_OVERHEAD_BYTES,
} from './limits';
import { numbersOf, type Directory } from './tiff-directories';
import type { PixelType } from './pixel-types';
import { sampleTypeOf } from './sample-type';
import { ALPHA, COMPRESSION, LERC_PACKING, PHOTOMETRIC, PLANAR, PREDICTOR, UNREAD_COMPRESSIONS } from './tiff-codes';
import type { FieldName } from './vet-directory';

/** One image of a file (the full one or an overview) as its tags lay it out. Strips are tiles as wide as the image. */
export interface TiffImage {
  readonly columns: number;
  readonly rows: number;
  readonly tileColumns: number;
  readonly tileRows: number;
  readonly tilesAcross: number;
  readonly tilesDown: number;
  /** Tiles at the edge are stored whole, strips are cut off at the last row. */
  readonly padded: boolean;
  readonly bandCount: number;
  /** Each band has tiles of its own; otherwise the bands of a pixel lie side by side. */
  readonly separate: boolean;
  readonly bitsPerSample: number;
  readonly pixelType: PixelType;
  readonly littleEndian: boolean;
  readonly compression: number;
  readonly predictor: number;
  /** Tables that all JPEG tiles share, without which they cannot be decoded. */
  readonly jpegTables: Uint8Array<ArrayBuffer> | null;
  /** See `LERC_PACKING`. */
  readonly lercPacking: number;
  /** The band that is transparency: pixels where it is 0 are invalid. */
  readonly alphaBand: number | null;
  /** One band, where 0 stands for an invalid pixel of the image. */
  readonly mask: TiffImage | null;
  /** Where tile i lies in the file, bytes; 0 with a count of 0 where it was never written. */
  readonly offsets: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

const READABLE_COMPRESSIONS: ReadonlySet<number> = new Set(Object.values(COMPRESSION));
/** Tiles of these hold pixels, not bytes that a predictor could have changed. */
const BLOBS: ReadonlySet<number> = new Set([COMPRESSION.jpeg, COMPRESSION.lerc]);
const BYTE_BITS = 8;
/** The horizontal predictor is undone in sums of at most so many bits. */
const MOST_SUMMED_BITS = 32;

/** Lays out one directory; `mask` is the image that says which of its pixels are valid. Throws `raster/corrupt` where numbers are absurd, `raster/unsupported` where unknown. */
export function imageOf(
  url: string,
  directory: Directory,
  littleEndian: boolean,
  mask: TiffImage | null = null,
): TiffImage {
  const one = (name: FieldName, fallback: number) => numbersOf(directory, name)?.[0] ?? fallback;
  const columns = one('ImageWidth', 0);
  const rows = one('ImageLength', 0);
  if (!isSide(columns) || !isSide(rows)) throw corrupt(url, `its size is ${columns} x ${rows}`);
  const tiled = numbersOf(directory, 'TileOffsets') !== undefined;
  const tileColumns = tiled ? one('TileWidth', 0) : columns;
  const tileRows = tiled ? one('TileLength', 0) : Math.min(one('RowsPerStrip', rows), rows);
  const bandCount = one('SamplesPerPixel', 1);
  const compression = one('Compression', COMPRESSION.none);
  const image: TiffImage = {
    columns,
    rows,
    tileColumns,
    tileRows,
    tilesAcross: Math.ceil(columns / tileColumns),
    tilesDown: Math.ceil(rows / tileRows),
    padded: tiled,
    bandCount,
    separate: bandCount > 1 && one('PlanarConfiguration', PLANAR.chunky) === PLANAR.separate,
    ...sampleTypeOf(url, directory),
    littleEndian,
    compression,
    predictor: BLOBS.has(compression) ? PREDICTOR.none : one('Predictor', PREDICTOR.none),
    jpegTables: tablesOf(directory),
    lercPacking: numbersOf(directory, 'LercParameters')?.[1] ?? LERC_PACKING.none,
    alphaBand: alphaBandOf(directory, bandCount),
    mask,
    offsets: numbersOf(directory, tiled ? 'TileOffsets' : 'StripOffsets') ?? [],
    counts: numbersOf(directory, tiled ? 'TileByteCounts' : 'StripByteCounts') ?? [],
  };
  checkCoding(url, image, one('PhotometricInterpretation', 0));
  checkTiles(url, image);
  return image;
}

function checkCoding(url: string, image: TiffImage, photometric: number): void {
  const { compression, predictor, pixelType, bitsPerSample } = image;
  if (!READABLE_COMPRESSIONS.has(compression)) {
    const name = UNREAD_COMPRESSIONS[compression];
    throw unsupported(url, `compression ${compression}${name === undefined ? '' : ` (${name})`}`);
  }
  const isJpeg = compression === COMPRESSION.jpeg;
  if (isJpeg && (pixelType !== 'uint8' || bitsPerSample !== BYTE_BITS || photometric === PHOTOMETRIC.yCbCr)) {
    throw unsupported(url, 'JPEG of colour pictures or of pixels that are no bytes');
  }
  const isFloat = pixelType === 'float32' || pixelType === 'float64';
  const isKnown =
    predictor === PREDICTOR.none ||
    (predictor === PREDICTOR.horizontal && bitsPerSample >= BYTE_BITS && bitsPerSample <= MOST_SUMMED_BITS) ||
    (predictor === PREDICTOR.float && isFloat);
  if (!isKnown) throw unsupported(url, `predictor ${predictor} of ${bitsPerSample}-bit pixels`);
}

/** Number of a tile of one band in the file's arrays. */
export function tileIndex(image: TiffImage, tileColumn: number, tileRow: number, band: number): number {
  const plane = image.separate ? band * image.tilesAcross * image.tilesDown : 0;
  return plane + tileRow * image.tilesAcross + tileColumn;
}

/** Values side by side for each pixel of a tile. */
export function samplesPerTilePixel(image: TiffImage): number {
  return image.separate ? 1 : image.bandCount;
}

/** Rows that a tile of the given tile row is stored with. */
export function rowsOfTile(image: TiffImage, tileRow: number): number {
  return image.padded ? image.tileRows : Math.min(image.tileRows, image.rows - tileRow * image.tileRows);
}

/** Bytes of one row of a tile once decoded; rows of small pixels end with a byte. */
export function bytesPerTileRow(image: TiffImage): number {
  return Math.ceil((image.tileColumns * samplesPerTilePixel(image) * image.bitsPerSample) / BYTE_BITS);
}

/** Bytes of a tile of the given tile row once decoded. */
export function decodedBytes(image: TiffImage, tileRow: number): number {
  return rowsOfTile(image, tileRow) * bytesPerTileRow(image);
}

function tablesOf({ fields }: Directory): Uint8Array<ArrayBuffer> | null {
  const tables = fields['JPEGTables'];
  return tables instanceof Uint8Array ? Uint8Array.from(tables) : null;
}

function alphaBandOf(directory: Directory, bandCount: number): number | null {
  const extras = Array.from(numbersOf(directory, 'ExtraSamples') ?? []);
  const nth = extras.findIndex((kind) => ALPHA.has(kind));
  const band = bandCount - extras.length + nth;
  // A picture of nothing but transparency is a band like any other.
  return nth >= 0 && band > 0 ? band : null;
}

function checkTiles(url: string, image: TiffImage): void {
  const { tileColumns, tileRows, bandCount } = image;
  if (!isSide(tileColumns) || !isSide(tileRows)) throw corrupt(url, `its tiles are ${tileColumns} x ${tileRows}`);
  if (!Number.isInteger(bandCount) || bandCount < 1 || bandCount > MAX_BANDS)
    throw corrupt(url, `it has ${bandCount} bands`);
  const largest = decodedBytes(image, 0);
  if (largest > MAX_TILE_BYTES) throw unsupported(url, `one tile of ${largest} bytes`);
  const tiles = image.tilesAcross * image.tilesDown * (image.separate ? bandCount : 1);
  if (image.offsets.length !== tiles || image.counts.length !== tiles) {
    throw corrupt(url, `it lists ${image.offsets.length} offsets and ${image.counts.length} sizes for ${tiles} tiles`);
  }
  const mostBytes = largest * MAX_EXPANSION + TILE_OVERHEAD_BYTES;
  for (let tile = 0; tile < tiles; tile++) {
    const [offset, count] = [image.offsets[tile], image.counts[tile]];
    const isPlace = Number.isInteger(offset) && Number.isInteger(count) && offset + count <= MAX_FILE_BYTES;
    if (!isPlace || count > mostBytes) throw corrupt(url, `tile ${tile} claims ${count} bytes at ${offset}`);
  }
}

function isSide(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels >= 1 && pixels <= MAX_IMAGE_SIDE;
}

function corrupt(url: string, what: string): CropError {
  return new CropError('raster/corrupt', { url, what });
}

function unsupported(url: string, what: string): CropError {
  return new CropError('raster/unsupported', { url, what });
}
