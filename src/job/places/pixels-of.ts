import { type GridWindow, type LonLat, project } from '../../geo';
import type { Place } from './types';

type Point = readonly [column: number, row: number];

/**
 * Pixels of a window whose centre lies in a place, row by row; the one pixel that holds its middle where there is none.
 * The window holds the whole place.
 */
export function pixelsOf({ shape }: Place, grid: GridWindow): Uint32Array {
  const onGrid = (point: LonLat): Point => {
    const [x, y] = project(grid.epsg, point);
    return [(x - grid.xMin) / grid.pixelMetres, (grid.yMax - y) / grid.pixelMetres];
  };
  if ('point' in shape) return Uint32Array.of(pixelAt(onGrid(shape.point), grid));
  const rings = shape.rings.map((ring) => ring.map(onGrid));
  const inside = centresIn(rings, grid);
  return inside.length > 0 ? Uint32Array.from(inside) : Uint32Array.of(pixelAt(middleOf(rings), grid));
}

/** Row by row, between each odd and the next even crossing of the outline with the line of the centres. */
function centresIn(rings: readonly (readonly Point[])[], { columns, rows }: GridWindow): number[] {
  const all = rings.flat();
  const lines = all.map(([, row]) => row);
  const first = Math.max(0, Math.ceil(lines.reduce((a, b) => Math.min(a, b)) - 0.5));
  const last = Math.min(rows - 1, Math.floor(lines.reduce((a, b) => Math.max(a, b)) - 0.5));
  const inside: number[] = [];
  for (let row = first; row <= last; row++) {
    const crossings = rings.flatMap((ring) => crossingsAt(ring, row + 0.5)).sort((a, b) => a - b);
    for (let nth = 0; nth + 1 < crossings.length; nth += 2) {
      const from = Math.max(0, Math.ceil(crossings[nth]! - 0.5));
      const until = Math.min(columns, Math.ceil(crossings[nth + 1]! - 0.5));
      for (let column = from; column < until; column++) inside.push(row * columns + column);
    }
  }
  return inside;
}

function crossingsAt(ring: readonly Point[], line: number): number[] {
  const crossings: number[] = [];
  for (let at = 0; at + 1 < ring.length; at++) {
    const [[x0, y0], [x1, y1]] = [ring[at]!, ring[at + 1]!];
    // A corner on the line belongs to the side that goes down from it, so that each is counted once.
    if (y0 <= line === y1 <= line) continue;
    crossings.push(x0 + ((line - y0) / (y1 - y0)) * (x1 - x0));
  }
  return crossings;
}

/** The middle of the box around the first ring: inside, or nearly, of anything smaller than a pixel. */
function middleOf(rings: readonly (readonly Point[])[]): Point {
  const [outer] = rings as readonly [readonly Point[]];
  const halfway = (axis: 0 | 1): number => {
    const values = outer.map((point) => point[axis]);
    return (values.reduce((a, b) => Math.min(a, b)) + values.reduce((a, b) => Math.max(a, b))) / 2;
  };
  return [halfway(0), halfway(1)];
}

/** Rounding may put a point on the edge of the window just outside of it. */
function pixelAt([column, row]: Point, { columns, rows }: GridWindow): number {
  const clip = (value: number, size: number): number => Math.min(size - 1, Math.max(0, Math.floor(value)));
  return clip(row, rows) * columns + clip(column, columns);
}
