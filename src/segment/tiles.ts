import type { GridWindow } from '../geo';
import type { TilePlacement } from './types';

/** Where a window begins on the pixel lattice of its coordinate system, in pixels of the window's own size. */
export interface LatticeOrigin {
  readonly column: number;
  readonly row: number;
}

/** Columns count eastwards and rows southwards from the origin of the coordinates. */
export function latticeOrigin({ xMin, yMax, pixelMetres }: GridWindow): LatticeOrigin {
  return { column: Math.round(xMin / pixelMetres), row: Math.round(-yMax / pixelMetres) };
}

/**
 * Cuts a window into tiles that overlap, so that the pixels near a tile's inner edges, where the network sees a
 * reflection instead of the neighbourhood, can be thrown away. Kept parts cover the window exactly once.
 *
 * Tiles begin on a lattice of the coordinate system, not of the window: the network normalises over a tile, so a pixel
 * gets the same answer in every window that holds the whole of its tile. What is left at the window's edges is covered
 * by tiles that are shifted in, never padded, and all tiles have the same size. A window smaller than a tile in one
 * direction runs at its own size in that direction.
 * At least `margin` pixels are discarded along each inner edge; nothing along the window's own edges. All in pixels.
 */
export function planTiles(
  columns: number,
  rows: number,
  tileSize: number,
  margin: number,
  origin: LatticeOrigin = { column: 0, row: 0 },
): TilePlacement[] {
  const across = planAxis(columns, tileSize, margin, origin.column);
  const down = planAxis(rows, tileSize, margin, origin.row);
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

function planAxis(length: number, tileSize: number, margin: number, origin: number): Span[] {
  const size = Math.min(length, tileSize);
  const last = length - size;
  const step = size - 2 * margin;
  const aligned: number[] = [];
  // The rest of a division has the sign of the dividend, and origins can be negative.
  const first = (step - (((origin % step) + step) % step)) % step;
  if (last > 0) for (let start = first; start <= last; start += step) aligned.push(start);
  const starts = [...new Set([0, ...aligned, last])].sort((a, b) => a - b);
  const onLattice = new Set(aligned);
  // A tile on the lattice keeps all but its margins; shifted ones take what is left, and meet each other half-way.
  const cuts = starts.slice(1).map((start, index) => {
    if (onLattice.has(start)) return start + margin;
    const before = starts[index]!;
    return onLattice.has(before) ? before + size - margin : Math.floor((before + size + start) / 2);
  });
  return starts.map((start, index) => ({
    start,
    size,
    keepStart: cuts[index - 1] ?? 0,
    keepEnd: cuts[index] ?? length,
  }));
}
