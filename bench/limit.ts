import { createHttpTransport } from '../src/net';
import { openRaster } from '../src/raster';
import { cellAssets, cellGrid, MIDDLE_CELL } from './cell.ts';
import type { Line } from './wire.ts';

/** Bytes that no reader of a cell-date can do without: the stored tiles that the cell touches. */
export async function tileBytes(root: string, cell = MIDDLE_CELL): Promise<number> {
  const transport = createHttpTransport();
  let sum = 0;
  for (const { url, rect } of cellAssets(root, cellGrid(cell))) {
    const { full } = await openRaster(url, transport, new AbortController().signal);
    const lastColumn = Math.floor((rect.column + rect.columns - 1) / full.tileColumns);
    const lastRow = Math.floor((rect.row + rect.rows - 1) / full.tileRows);
    for (let row = Math.floor(rect.row / full.tileRows); row <= lastRow; row++) {
      for (let column = Math.floor(rect.column / full.tileColumns); column <= lastColumn; column++) {
        sum += full.counts[row * full.tilesAcross + column] ?? 0;
      }
    }
  }
  return sum;
}

/** The shortest time over a line: a round trip for the headers, one for the tiles, and the tiles' bytes. */
export function limitMs(bytes: number, { latencyMs, bytesPerSecond }: Line): number {
  return 2 * latencyMs + (bytesPerSecond === null ? 0 : (bytes / bytesPerSecond) * 1000);
}
