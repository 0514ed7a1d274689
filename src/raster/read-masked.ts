import type { Raster } from './raster';
import { imageIn, readImage, type ReadRectOptions } from './read-rect';
import { maskOf } from './seen-map';
import type { MaskedPixels, PixelRect, Pixels, SeenMap } from './types';
import { nodataOf, validityOf } from './validity';

export interface ReadMaskedOptions extends ReadRectOptions {
  /** The value that stands for no data where the file itself names none. */
  readonly nodata?: number | null;
  /** Pixels whose centre lies where this map has a 0 are not valid either; those outside of it are left alone. */
  readonly seen?: SeenMap | null;
}

/**
 * Pixels of a rectangle as `readRect` gives them, and which of them are valid: inside the raster, not the nodata value,
 * a number, neither masked nor fully transparent by what the file (or the mask file beside it) says, and seen. Where a tile
 * was never written, only a raster with a nodata value is without data.
 * Rejects as `readRect` does, and with `raster/nodata-outside-type`.
 */
export async function readMasked(raster: Raster, rect: PixelRect, options: ReadMaskedOptions): Promise<MaskedPixels> {
  const { overview, band = 0, signal } = options;
  const nodata = nodataOf(raster, options.nodata);
  const image = imageIn(raster, overview);
  const empty = nodata ?? 0;
  const alpha = image.alphaBand;
  const beside = overview === undefined ? (raster.maskFile ?? null) : null;
  const [pixels, ...masks] = await Promise.all([
    readImage(raster, image, rect, { signal, band, empty }),
    image.mask === null ? null : readImage(raster, image.mask, rect, { signal, band: 0, empty: 0 }),
    alpha === null || alpha === band ? null : readImage(raster, image, rect, { signal, band: alpha, empty: 0 }),
    beside === null ? null : readImage(beside, beside.full, rect, { signal, band: 0, empty: 0 }),
  ]);
  let valid = validityOf(pixels, rect, image, nodata);
  for (const mask of masks) {
    if (mask !== null && mask.includes(0)) valid = hide(pixels, valid, mask, empty);
  }
  if (options.seen) valid = hide(pixels, valid, maskOf(options.seen, rect, raster.info), empty);
  return { pixels, valid };
}

/** Takes the pixels out whose mask is 0: they become `empty`, in place. */
function hide(
  pixels: Pixels,
  valid: Uint8Array<ArrayBuffer> | null,
  mask: Pixels,
  empty: number,
): Uint8Array<ArrayBuffer> {
  const both = valid ?? new Uint8Array(pixels.length).fill(1);
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] !== 0) continue;
    both[at] = 0;
    pixels[at] = empty;
  }
  return both;
}
