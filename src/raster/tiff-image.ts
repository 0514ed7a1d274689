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
import { COMPRESSION, PLANAR, PREDICTOR } from './tiff-codes';
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
  readonly bitsPerSample: 8 | 16;
  readonly littleEndian: boolean;
  readonly compression: number;
  readonly predictor: number;
  /** Where tile i lies in the file, bytes; 0 with a count of 0 where it was never written. */
  readonly offsets: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

const READABLE_COMPRESSIONS: ReadonlySet<number> = new Set(Object.values(COMPRESSION));
const UNSIGNED_INTEGER = 1;

/** Lays out one directory. Throws `raster/corrupt` where numbers are absurd, `raster/unsupported` where unknown. */
export function imageOf(url: string, directory: Directory, littleEndian: boolean): TiffImage {
  const one = (name: FieldName, fallback: number) => numbersOf(directory, name)?.[0] ?? fallback;
  const columns = one('ImageWidth', 0);
  const rows = one('ImageLength', 0);
  if (!isSide(columns) || !isSide(rows)) throw corrupt(url, `its size is ${columns} x ${rows}`);
  const tiled = numbersOf(directory, 'TileOffsets') !== undefined;
  const tileColumns = tiled ? one('TileWidth', 0) : columns;
  const tileRows = tiled ? one('TileLength', 0) : Math.min(one('RowsPerStrip', rows), rows);
  const bandCount = one('SamplesPerPixel', 1);
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
    bitsPerSample: bitsOf(url, directory),
    littleEndian,
    compression: one('Compression', COMPRESSION.none),
    predictor: one('Predictor', PREDICTOR.none),
    offsets: numbersOf(directory, tiled ? 'TileOffsets' : 'StripOffsets') ?? [],
    counts: numbersOf(directory, tiled ? 'TileByteCounts' : 'StripByteCounts') ?? [],
  };
  if (!READABLE_COMPRESSIONS.has(image.compression)) throw unsupported(url, `compression ${image.compression}`);
  if (image.predictor !== PREDICTOR.none && image.predictor !== PREDICTOR.horizontal) {
    throw unsupported(url, `predictor ${image.predictor}`);
  }
  checkTiles(url, image);
  return image;
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

/** Bytes of a tile of the given tile row once decoded. */
export function decodedBytes(image: TiffImage, tileRow: number): number {
  const rows = image.padded ? image.tileRows : Math.min(image.tileRows, image.rows - tileRow * image.tileRows);
  return rows * image.tileColumns * samplesPerTilePixel(image) * (image.bitsPerSample / 8);
}

function bitsOf(url: string, directory: Directory): 8 | 16 {
  const bits = Array.from(numbersOf(directory, 'BitsPerSample') ?? [1]);
  const format = Array.from(numbersOf(directory, 'SampleFormat') ?? [UNSIGNED_INTEGER]);
  const first = bits[0];
  const uniform = bits.every((value) => value === first) && format.every((value) => value === UNSIGNED_INTEGER);
  if (!uniform || (first !== 8 && first !== 16)) {
    throw unsupported(url, `pixels of ${bits[0]} bits, sample format ${format[0]}`);
  }
  return first;
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
