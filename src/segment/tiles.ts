import type { TilePlacement } from './types';

/**
 * Cuts a window into tiles that overlap, so that the pixels near a tile's inner edges, where the network sees a
 * reflection instead of the neighbourhood, can be thrown away. Kept parts cover the window exactly once.
 *
 * All tiles have the same size, because the network normalises over a tile: the last one of a row or column is shifted
 * in, never padded. A window smaller than a tile in one direction runs at its own size in that direction.
 * At least `margin` pixels are discarded along each inner edge; nothing along the window's own edges. All in pixels.
 */
export function planTiles(columns: number, rows: number, tileSize: number, margin: number): TilePlacement[] {
  const across = planAxis(columns, tileSize, margin);
  const down = planAxis(rows, tileSize, margin);
  return down.flatMap((y) =>
    across.map((x) => ({
      column: x.start,
      row: y.start,
      columns: x.size,
      rows: y.size,
      keep: { column: x.keepStart, row: y.keepStart, columns: x.keepEnd - x.keepStart, rows: y.keepEnd - y.keepStart },
    })),
  );
}

interface Span {
  readonly start: number;
  readonly size: number;
  readonly keepStart: number;
  readonly keepEnd: number;
}

function planAxis(length: number, tileSize: number, margin: number): Span[] {
  const size = Math.min(length, tileSize);
  const starts = [0];
  while (starts.at(-1)! + size < length) starts.push(Math.min(starts.at(-1)! + size - 2 * margin, length - size));
  // Neighbours meet in the middle of what they share: `margin` from both edges, more before the shifted last tile.
  const cuts = starts.slice(1).map((start, index) => Math.floor((starts[index]! + size + start) / 2));
  return starts.map((start, index) => ({
    start,
    size,
    keepStart: cuts[index - 1] ?? 0,
    keepEnd: cuts[index] ?? length,
  }));
}
