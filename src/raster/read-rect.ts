import { CropError, isAbort } from '../errors';
import { decodeTile } from './decode-tile';
import { loadKernels } from './kernels';
import { MAX_WINDOW_PIXELS } from './limits';
import { placeTile, type TilePlace } from './place-tile';
import { mergeSlices, type ByteRange, type TileSlice } from './ranges';
import type { Raster } from './raster';
import { createPixels, storedValue } from './pixel-types';
import { tileIndex, type TiffImage } from './tiff-image';
import type { PixelRect, Pixels } from './types';

export interface ReadRectOptions {
  readonly signal: AbortSignal;
  /** Index into `info.overviews`; the full image where left out. */
  readonly overview?: number;
  /** Counted from 0, the first where left out. */
  readonly band?: number;
}

type Slice = TileSlice<TilePlace>;

/**
 * Pixels of a rectangle, [rect.rows, rect.columns], of the full image or an overview, whether valid or not. Only the
 * tiles that the rectangle touches are fetched, near ones in one request, all requests in one wave; of a file that came
 * whole with its header, nothing. Tiles that were never written and places outside the image hold the raster's nodata
 * value, 0 where it names none or one that its pixels cannot hold.
 * Rejects with `raster/corrupt-tile` naming the tile, `raster/invalid-request`, a `net/*` error or the signal's reason;
 * the first failure cancels the other requests.
 */
export async function readRect(raster: Raster, rect: PixelRect, options: ReadRectOptions): Promise<Pixels> {
  const { overview, band = 0, signal } = options;
  const { nodata, pixelType } = raster.info;
  const empty = nodata === null ? 0 : (storedValue(pixelType, nodata) ?? 0);
  return readImage(raster, imageIn(raster, overview), rect, { band, signal, empty });
}

/** The full image, or the overview of that number. Throws `raster/invalid-request`. */
export function imageIn(raster: Raster, overview: number | undefined): TiffImage {
  const image = overview === undefined ? raster.full : raster.overviews[overview];
  if (!image) throw invalid(`${raster.info.url} has no overview ${overview}`);
  return image;
}

interface ReadImageOptions {
  readonly signal: AbortSignal;
  readonly band: number;
  /** What places without a tile hold. */
  readonly empty: number;
}

/** `readRect` for any image of the file. */
export async function readImage(
  raster: Pick<Raster, 'info' | 'transport' | 'whole'>,
  image: TiffImage,
  rect: PixelRect,
  { signal, band, empty }: ReadImageOptions,
): Promise<Pixels> {
  signal.throwIfAborted();
  if (!(band >= 0 && band < image.bandCount)) throw invalid(`${raster.info.url} has no band ${band}`);
  const target = allocate(image, rect);
  if (empty !== 0) target.fill(empty);

  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    const ranges = mergeSlices(neededSlices(image, rect, band));
    await Promise.all(ranges.map((range) => readRange(raster, image, range, rect, target, either)));
  } catch (error) {
    stop.abort();
    throw error;
  }
  return target;
}

function allocate(image: TiffImage, rect: PixelRect): Pixels {
  const pixels = rect.columns * rect.rows;
  const whole = [rect.column, rect.row, rect.columns, rect.rows].every(Number.isInteger);
  if (!whole || !(rect.columns > 0 && rect.rows > 0 && pixels <= MAX_WINDOW_PIXELS)) {
    throw invalid(`a rectangle of ${rect.columns} x ${rect.rows} pixels at ${rect.column}, ${rect.row}`);
  }
  return createPixels(image.pixelType, pixels);
}

/** The stored tiles that the rectangle touches. */
function neededSlices(image: TiffImage, rect: PixelRect, band: number): Slice[] {
  const slices: Slice[] = [];
  const firstColumn = Math.max(0, Math.floor(rect.column / image.tileColumns));
  const firstRow = Math.max(0, Math.floor(rect.row / image.tileRows));
  const endColumn = Math.min(image.tilesAcross, Math.ceil((rect.column + rect.columns) / image.tileColumns));
  const endRow = Math.min(image.tilesDown, Math.ceil((rect.row + rect.rows) / image.tileRows));
  for (let tileRow = firstRow; tileRow < endRow; tileRow++) {
    for (let tileColumn = firstColumn; tileColumn < endColumn; tileColumn++) {
      const index = tileIndex(image, tileColumn, tileRow, band);
      const offset = image.offsets[index];
      const count = image.counts[index];
      if (offset > 0 && count > 0) slices.push({ key: { tileColumn, tileRow, band }, offset, count });
    }
  }
  return slices;
}

async function readRange(
  raster: Pick<Raster, 'info' | 'transport' | 'whole'>,
  image: TiffImage,
  range: ByteRange<TilePlace>,
  rect: PixelRect,
  target: Pixels,
  signal: AbortSignal,
): Promise<void> {
  const bytes =
    raster.whole?.subarray(range.offset, range.offset + range.length) ??
    (await raster.transport.readRange(raster.info.url, range.offset, range.length, signal));
  const kernels = await loadKernels();
  for (const slice of range.slices) {
    signal.throwIfAborted();
    const start = slice.offset - range.offset;
    await decodeSlice(raster, image, slice, bytes.subarray(start, start + slice.count), (decoded) => {
      signal.throwIfAborted();
      placeTile(decoded, image, slice.key, rect, target, kernels);
    });
  }
}

async function decodeSlice(
  raster: Pick<Raster, 'info'>,
  image: TiffImage,
  slice: Slice,
  bytes: Uint8Array<ArrayBuffer>,
  use: (decoded: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const { tileColumn, tileRow, band } = slice.key;
  try {
    if (bytes.length < slice.count) throw new Error('the file ends before it does');
    await decodeTile(bytes, image, tileRow, use);
  } catch (error) {
    if (isAbort(error)) throw error;
    const tile = tileIndex(image, tileColumn, tileRow, band);
    const what = error instanceof Error ? error.message : String(error);
    throw new CropError('raster/corrupt-tile', { url: raster.info.url, tile, what }, error);
  }
}

function invalid(what: string): CropError {
  return new CropError('raster/invalid-request', { what });
}
