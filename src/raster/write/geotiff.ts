import { CropError } from '../../errors';
import { MAX_BANDS, MAX_IMAGE_SIDE } from '../limits';
import type { GeoTiffImage } from '../types';
import { directoryBytes, writeDirectory, type TagEntry } from './directory';
import { imageTags } from './image-tags';
import { pyramid, type Level, type OverviewResampling } from './overviews';
import { deflateTiles } from './tiles';

export interface WriteGeoTiffOptions {
  readonly signal?: AbortSignal;
  /** Nearest where left out and the image has a palette, average otherwise. */
  readonly overviews?: OverviewResampling;
}

const HEADER_BYTES = 8;
const LITTLE_ENDIAN_MARK = 0x4949;
const CLASSIC_VERSION = 42;
/** Classic TIFF counts bytes with 32 bits. */
const MAX_OUTPUT_BYTES = 2 ** 32 - 1;
const MAX_EPSG = 32766;
const MAX_PALETTE = 256;

/**
 * A Cloud Optimized GeoTIFF of 8-bit bands: all directories first, then the tiles, smallest overview first. Tiles of
 * 256 x 256, deflated, each band on its own (a reader that wants one class fetches one band). Images over 512 pixels get
 * overviews. No ghost area: the file makes no promises about leaders and trailers.
 * Rejects with `raster/invalid-request` where sizes do not fit together, or with the signal's reason.
 */
export async function writeGeoTiff(
  image: GeoTiffImage,
  options: WriteGeoTiffOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, overviews = image.palette ? 'nearest' : 'average' } = options;
  signal?.throwIfAborted();
  check(image);
  const levels = pyramid(image, overviews, image.nodata);
  const tiles: Uint8Array[][] = [];
  for (const level of levels) tiles.push(await deflateTiles(level, image.nodata ?? 0, signal));
  return assemble(image, levels, tiles);
}

function assemble(
  image: GeoTiffImage,
  levels: readonly Level[],
  tiles: readonly Uint8Array[][],
): Uint8Array<ArrayBuffer> {
  const counts = tiles.map((ofLevel) => ofLevel.map((tile) => tile.length));
  const tagsWith = (offsets: readonly (readonly number[])[]): TagEntry[][] =>
    levels.map((level, index) => imageTags(image, level, index === 0, offsets[index] ?? [], counts[index] ?? []));
  // The places of tiles do not change how long the directories are, so counts stand in for them at first.
  const directoryAt = runningOffsets(HEADER_BYTES, tagsWith(counts).map(directoryBytes));
  const dataAt = directoryAt.pop() as number;
  const { offsets, end } = placeTiles(counts, dataAt);
  if (end > MAX_OUTPUT_BYTES) throw invalid(`a file of ${end} bytes`);

  const file = new Uint8Array(end);
  const view = new DataView(file.buffer);
  view.setUint16(0, LITTLE_ENDIAN_MARK);
  view.setUint16(2, CLASSIC_VERSION, true);
  view.setUint32(4, HEADER_BYTES, true);
  tagsWith(offsets).forEach((entries, index) => {
    writeDirectory(view, directoryAt[index], entries, directoryAt[index + 1] ?? 0);
  });
  tiles.forEach((ofLevel, level) => ofLevel.forEach((tile, index) => file.set(tile, offsets[level][index])));
  return file;
}

/** Tiles of the smallest level come first, so that a first look needs only the beginning of the file. */
function placeTiles(counts: readonly (readonly number[])[], dataAt: number): { offsets: number[][]; end: number } {
  const offsets: number[][] = [];
  let end = dataAt;
  for (let level = counts.length - 1; level >= 0; level--) {
    const places = runningOffsets(end, counts[level] ?? []);
    end = places.pop() as number;
    offsets[level] = places;
  }
  return { offsets, end };
}

/** Where each piece begins when they lie end to end from `start`, and where the last one ends. */
function runningOffsets(start: number, lengths: readonly number[]): number[] {
  const offsets = [start];
  for (const length of lengths) offsets.push((offsets.at(-1) as number) + length);
  return offsets;
}

function check({ columns, rows, bands, palette, epsg, pixelMetres, nodata }: GeoTiffImage): void {
  const isSide = (pixels: number) => Number.isInteger(pixels) && pixels >= 1 && pixels <= MAX_IMAGE_SIDE;
  if (!isSide(columns) || !isSide(rows)) throw invalid(`an image of ${columns} x ${rows} pixels`);
  if (bands.length < 1 || bands.length > MAX_BANDS) throw invalid(`${bands.length} bands`);
  if (bands.some((band) => band.length !== columns * rows))
    throw invalid(`a band that is not ${columns} x ${rows} pixels`);
  if (palette && (bands.length > 1 || palette.length > MAX_PALETTE))
    throw invalid('a palette for many bands or colours');
  if (!Number.isInteger(epsg) || epsg < 1 || epsg > MAX_EPSG) throw invalid(`EPSG code ${epsg}`);
  if (!(pixelMetres > 0)) throw invalid(`pixels of ${pixelMetres} m`);
  if (nodata !== null && !(nodata >= 0 && nodata <= 255)) throw invalid(`nodata ${nodata} in 8-bit pixels`);
}

function invalid(what: string): CropError {
  return new CropError('raster/invalid-request', { what });
}
