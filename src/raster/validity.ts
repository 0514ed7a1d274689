import { CropError } from '../errors';
import { holds } from './find-value';
import { storedValue } from './pixel-types';
import type { Raster } from './raster';
import type { PixelRect, Pixels, RasterInfo } from './types';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The value that stands for no data in a raster's pixels: the file's own, else the one declared elsewhere; null for none.
 * Throws `raster/nodata-outside-type` where the pixels cannot hold it.
 */
export function nodataOf({ info }: Pick<Raster, 'info'>, declared: number | null | undefined): number | null {
  const value = info.nodata ?? declared ?? null;
  if (value === null) return null;
  const stored = storedValue(info.pixelType, value);
  if (stored === null) throw outsideType(info, value);
  return stored;
}

function outsideType({ url, pixelType }: RasterInfo, value: number): CropError {
  return new CropError('raster/nodata-outside-type', { url, value: String(value), type: pixelType });
}

/**
 * Which pixels of `rect` lie inside a raster of the given size, do not hold `nodata` (null: every value is data) and are
 * numbers: [rect.rows, rect.columns], 1 = valid; null where all are.
 */
export function validityOf(
  pixels: Pixels,
  rect: PixelRect,
  size: Size,
  nodata: number | null,
): Uint8Array<ArrayBuffer> | null {
  const inside = intersection(rect, size);
  const isFloat = pixels instanceof Float32Array || pixels instanceof Float64Array;
  // Most windows have no hole, and looking for one costs a tenth of writing a map.
  const hasHoles = (nodata !== null && holds(pixels, nodata)) || (isFloat && pixels.includes(NaN));
  const isWhole = inside !== null && inside.columns === rect.columns && inside.rows === rect.rows;
  if (isWhole && !hasHoles) return null;
  const valid = new Uint8Array(rect.columns * rect.rows);
  if (inside === null) return valid;
  for (let row = 0; row < inside.rows; row++) {
    const start = (inside.row - rect.row + row) * rect.columns + inside.column - rect.column;
    const end = start + inside.columns;
    if (!hasHoles) valid.fill(1, start, end);
    else for (let at = start; at < end; at++) valid[at] = pixels[at] === nodata || Number.isNaN(pixels[at]) ? 0 : 1;
  }
  return valid;
}

/** The part of a rectangle that lies inside a raster of the given size, or null. */
export function intersection(rect: PixelRect, size: Size): PixelRect | null {
  const column = Math.max(rect.column, 0);
  const row = Math.max(rect.row, 0);
  const columns = Math.min(rect.column + rect.columns, size.columns) - column;
  const rows = Math.min(rect.row + rect.rows, size.rows) - row;
  return columns > 0 && rows > 0 ? { column, row, columns, rows } : null;
}
