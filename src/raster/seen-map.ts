import type { PixelRect, RasterInfo, SeenMap } from './types';

/** A map of what was seen in the pixels of a raster: [rect.rows, rect.columns], 1 where it has nothing to say. */
export function maskOf(
  { grid, valid }: SeenMap,
  rect: PixelRect,
  { xMin, yMax, pixelMetres }: Pick<RasterInfo, 'xMin' | 'yMax' | 'pixelMetres'>,
): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(rect.columns * rect.rows).fill(1);
  const columns = Int32Array.from({ length: rect.columns }, (_, column) =>
    Math.floor((xMin + (rect.column + column + 0.5) * pixelMetres - grid.xMin) / grid.pixelMetres),
  );
  for (let row = 0; row < rect.rows; row++) {
    const line = Math.floor((grid.yMax - yMax + (rect.row + row + 0.5) * pixelMetres) / grid.pixelMetres);
    if (line < 0 || line >= grid.rows) continue;
    for (let at = 0; at < rect.columns; at++) {
      const column = columns[at]!;
      const isInside = column >= 0 && column < grid.columns;
      if (isInside && valid[line * grid.columns + column] === 0) mask[row * rect.columns + at] = 0;
    }
  }
  return mask;
}
