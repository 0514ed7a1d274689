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

/** Pixels of a rectangle, and why some are invalid: both maps [rows, columns], 1 = no objection, null = to none. */
export interface PixelsWithReasons {
  /** As the file stores them, whatever the masks say. */
  readonly pixels: Pixels;
  /** 0 outside the raster, and where a pixel is the nodata value or no number. */
  readonly hasValue: Uint8Array<ArrayBuffer> | null;
  /** 0 where a mask (in the file or in the one beside it), an alpha band or the map of what was seen hides the pixel. */
  readonly unmasked: Uint8Array<ArrayBuffer> | null;
}

/**
 * Pixels of a rectangle as `readRect` gives them, and which of them are invalid for what reason. Where a tile was never
 * written, only a raster with a nodata value is without data. `options.seen` hides pixels as a mask of the file does.
 * Rejects as `readRect` does, and with `raster/nodata-outside-type`.
 */
export async function readWithReasons(
  raster: Raster,
  rect: PixelRect,
  options: ReadMaskedOptions,
): Promise<PixelsWithReasons> {
  const { overview, band = 0, signal } = options;
  const nodata = nodataOf(raster, options.nodata);
  const image = imageIn(raster, overview);
  const alpha = image.alphaBand;
  const beside = overview === undefined ? (raster.maskFile ?? null) : null;
  const [pixels, ...masks] = await Promise.all([
    readImage(raster, image, rect, { signal, band, empty: nodata ?? 0 }),
    image.mask === null ? null : readImage(raster, image.mask, rect, { signal, band: 0, empty: 0 }),
    alpha === null || alpha === band ? null : readImage(raster, image, rect, { signal, band: alpha, empty: 0 }),
    beside === null ? null : readImage(beside, beside.full, rect, { signal, band: 0, empty: 0 }),
  ]);
  let unmasked: Uint8Array<ArrayBuffer> | null = null;
  const pixelMetres = (raster.info.pixelMetres * raster.info.columns) / image.columns;
  const unseen = options.seen ? maskOf(options.seen, rect, { ...raster.info, pixelMetres }) : null;
  for (const mask of [...masks, unseen]) {
    if (mask === null || !mask.includes(0)) continue;
    unmasked ??= new Uint8Array(mask.length).fill(1);
    for (let at = 0; at < mask.length; at++) if (mask[at] === 0) unmasked[at] = 0;
  }
  return { pixels, hasValue: validityOf(pixels, rect, image, nodata), unmasked };
}

/** `readWithReasons` where the reasons do not matter: masked pixels hold the nodata value, 0 where there is none. */
export async function readMasked(raster: Raster, rect: PixelRect, options: ReadMaskedOptions): Promise<MaskedPixels> {
  const { pixels, hasValue, unmasked } = await readWithReasons(raster, rect, options);
  if (unmasked === null) return { pixels, valid: hasValue };
  const empty = nodataOf(raster, options.nodata) ?? 0;
  for (let at = 0; at < pixels.length; at++) {
    if (unmasked[at] === 0) pixels[at] = empty;
    else if (hasValue?.[at] === 0) unmasked[at] = 0;
  }
  return { pixels, valid: unmasked };
}
