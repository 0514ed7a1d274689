import type { PixelRect, Pixels } from './types';

/**
 * Which pixels of `rect` lie inside a raster of the given size and do not hold `nodata` (null: every value is data):
 * [rect.rows, rect.columns], 1 = valid; null where all are.
 */
export function validityOf(
  pixels: Pixels,
  rect: PixelRect,
  size: { readonly columns: number; readonly rows: number },
  nodata: number | null,
): Uint8Array<ArrayBuffer> | null {
  const inside = intersection(rect, size);
  // Most windows have no hole, and looking for one costs a tenth of writing a map.
  const hasHoles = nodata !== null && pixels.includes(nodata);
  const isWhole = inside !== null && inside.columns === rect.columns && inside.rows === rect.rows;
  if (isWhole && !hasHoles) return null;
  const valid = new Uint8Array(rect.columns * rect.rows);
  if (inside === null) return valid;
  for (let row = 0; row < inside.rows; row++) {
    const start = (inside.row - rect.row + row) * rect.columns + inside.column - rect.column;
    const end = start + inside.columns;
    if (!hasHoles) valid.fill(1, start, end);
    else for (let at = start; at < end; at++) valid[at] = pixels[at] === nodata ? 0 : 1;
  }
  return valid;
}

/** The part of a rectangle that lies inside a raster of the given size, or null. */
export function intersection(
  rect: PixelRect,
  size: { readonly columns: number; readonly rows: number },
): PixelRect | null {
  const column = Math.max(rect.column, 0);
  const row = Math.max(rect.row, 0);
  const columns = Math.min(rect.column + rect.columns, size.columns) - column;
  const rows = Math.min(rect.row + rect.rows, size.rows) - row;
  return columns > 0 && rows > 0 ? { column, row, columns, rows } : null;
}
