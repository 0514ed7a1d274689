import { CropError } from '../errors';
import {
  MAX_BANDS,
  MAX_EXPANSION,
  MAX_FILE_BYTES,
  MAX_IMAGE_SIDE,
  MAX_TILE_BYTES,
  TILE_OVERHEAD_BYTES,
} from './limits';
import type { Ifd } from './tiff-ifd';
import { COMPRESSION, PLANAR, PREDICTOR, TAG } from './tiff-tags';

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
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
}

const READABLE_COMPRESSIONS: ReadonlySet<number> = new Set(Object.values(COMPRESSION));
const UNSIGNED_INTEGER = 1;

/** Lays out one directory. Throws `raster/corrupt` where numbers are absurd, `raster/unsupported` where unknown. */
export function imageOf(url: string, ifd: Ifd, littleEndian: boolean): TiffImage {
  const one = (tag: number, fallback: number) => ifd.numbers(tag)?.[0] ?? fallback;
  const columns = one(TAG.imageWidth, 0);
  const rows = one(TAG.imageLength, 0);
  if (!isSide(columns) || !isSide(rows)) throw corrupt(url, `its size is ${columns} x ${rows}`);
  const tiled = ifd.numbers(TAG.tileOffsets) !== undefined;
  const tileColumns = tiled ? one(TAG.tileWidth, 0) : columns;
  const tileRows = tiled ? one(TAG.tileLength, 0) : Math.min(one(TAG.rowsPerStrip, rows), rows);
  const bandCount = one(TAG.samplesPerPixel, 1);
  const image: TiffImage = {
    columns,
    rows,
    tileColumns,
    tileRows,
    tilesAcross: Math.ceil(columns / tileColumns),
    tilesDown: Math.ceil(rows / tileRows),
    padded: tiled,
    bandCount,
    separate: bandCount > 1 && one(TAG.planarConfiguration, PLANAR.chunky) === PLANAR.separate,
    bitsPerSample: bitsOf(url, ifd),
    littleEndian,
    compression: one(TAG.compression, COMPRESSION.none),
    predictor: one(TAG.predictor, PREDICTOR.none),
    offsets: ifd.numbers(tiled ? TAG.tileOffsets : TAG.stripOffsets) ?? [],
    counts: ifd.numbers(tiled ? TAG.tileByteCounts : TAG.stripByteCounts) ?? [],
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

function bitsOf(url: string, ifd: Ifd): 8 | 16 {
  const bits = ifd.numbers(TAG.bitsPerSample) ?? [1];
  const format = ifd.numbers(TAG.sampleFormat) ?? [UNSIGNED_INTEGER];
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
  if (!(bandCount >= 1 && bandCount <= MAX_BANDS)) throw corrupt(url, `it has ${bandCount} bands`);
  const largest = decodedBytes(image, 0);
  if (largest > MAX_TILE_BYTES) throw unsupported(url, `one tile of ${largest} bytes`);
  const tiles = image.tilesAcross * image.tilesDown * (image.separate ? bandCount : 1);
  if (image.offsets.length !== tiles || image.counts.length !== tiles) {
    throw corrupt(url, `it lists ${image.offsets.length} offsets and ${image.counts.length} sizes for ${tiles} tiles`);
  }
  const mostBytes = largest * MAX_EXPANSION + TILE_OVERHEAD_BYTES;
  const absurd = image.counts.findIndex((count, tile) => {
    return count > mostBytes || (image.offsets[tile] ?? 0) + count > MAX_FILE_BYTES;
  });
  if (absurd >= 0) throw corrupt(url, `tile ${absurd} claims ${image.counts[absurd]} bytes`);
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
