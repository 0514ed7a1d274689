import type { GridWindow } from '../geo';
import type { MaskedPixels } from '../raster';
import type { PositionNodes } from './warp';

type Pixels = MaskedPixels['pixels'];

/** A rectangle of a raster: pixels [rows, columns], `column`/`row` of its top left pixel in the raster. */
export interface WarpSource extends MaskedPixels {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/** A value of the source at a place in its pixels, where the centre of the top left pixel is 0, 0; NaN for none. */
export type Sampler = (x: number, y: number) => number;

/** What a place is given where its value could be stored as it is, and where that value is the one for no data. */
export type Store = (value: number) => number;

/**
 * Walks the grid cell by cell of the nodes; positions inside a cell are bilinear. Places without a value keep what
 * `output` holds, and get 0 in `valid`.
 */
export function warp(
  { column: firstColumn, row: firstRow }: Pick<WarpSource, 'column' | 'row'>,
  nodes: PositionNodes,
  step: number,
  grid: GridWindow,
  sample: Sampler,
  store: Store,
  output: Pixels,
  valid: Uint8Array,
): void {
  for (let row = 0; row < grid.rows; row++) {
    const nodeRow = Math.floor(row / step);
    const down = row / step - nodeRow;
    const above = nodeRow * nodes.columns;
    const below = above + nodes.columns;
    for (let cell = 0; cell * step < grid.columns; cell++) {
      const [left, right] = [cell, cell + 1];
      const fromX = mix(nodes.x[above + left]!, nodes.x[below + left]!, down) - firstColumn;
      const toX = mix(nodes.x[above + right]!, nodes.x[below + right]!, down) - firstColumn;
      const fromY = mix(nodes.y[above + left]!, nodes.y[below + left]!, down) - firstRow;
      const toY = mix(nodes.y[above + right]!, nodes.y[below + right]!, down) - firstRow;
      const end = Math.min(grid.columns, (cell + 1) * step);
      for (let column = cell * step; column < end; column++) {
        const across = (column - cell * step) / step;
        const value = sample(mix(fromX, toX, across), mix(fromY, toY, across));
        const at = row * grid.columns + column;
        if (Number.isNaN(value)) valid[at] = 0;
        else output[at] = store(value);
      }
    }
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** The source pixel nearest to a place. */
export function nearestSampler({ pixels, valid, columns }: WarpSource): Sampler {
  return (x, y) => {
    const at = Math.floor(y + 0.5) * columns + Math.floor(x + 0.5);
    return valid === null || valid[at] === 1 ? pixels[at]! : NaN;
  };
}

const TAPS = 4;

/**
 * Cubic convolution (a = -0.5, 4 x 4 pixels) as gdalwarp does it: nothing where the nearest pixel is invalid; bilinear
 * over the valid ones of the four pixels around where one of the sixteen is invalid.
 */
export function cubicSampler(source: WarpSource): Sampler {
  const { pixels, valid, columns } = source;
  const nearest = nearestSampler(source);
  return (x, y) => {
    if (Number.isNaN(nearest(x, y))) return NaN;
    const firstColumn = Math.floor(x) - 1;
    const firstRow = Math.floor(y) - 1;
    const [across, down] = [x - firstColumn - 1, y - firstRow - 1];
    const w0 = weight(-1 - across);
    const w1 = weight(-across);
    const w2 = weight(1 - across);
    const w3 = weight(2 - across);
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) {
      const at = (firstRow + tap) * columns + firstColumn;
      if (valid !== null && !(valid[at]! & valid[at + 1]! & valid[at + 2]! & valid[at + 3]!)) {
        return linearOfValid(source, valid, x, y);
      }
      const line = pixels[at]! * w0 + pixels[at + 1]! * w1 + pixels[at + 2]! * w2 + pixels[at + 3]! * w3;
      sum += line * weight(tap - 1 - down);
    }
    return sum;
  };
}

/** Keys' cubic convolution with a = -0.5, the kernel of GDAL. */
function weight(distance: number): number {
  const d = Math.abs(distance);
  return d <= 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

/** Bilinear over those of the four pixels around that are valid: the cubic would pull in the others as black. */
function linearOfValid({ pixels, columns }: WarpSource, valid: Uint8Array, x: number, y: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  let sum = 0;
  let weights = 0;
  for (const [dx, dy] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const at = (row + dy) * columns + column + dx;
    if (valid[at] !== 1) continue;
    const share = (1 - Math.abs(x - column - dx)) * (1 - Math.abs(y - row - dy));
    sum += pixels[at]! * share;
    weights += share;
  }
  return sum / weights;
}
