import type { GridWindow } from '../geo';
import type { PositionNodes } from './warp';

type Pixels = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** A rectangle of a raster: pixels [rows, columns], `column`/`row` of its top left pixel in the raster. */
export interface WarpSource {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
  readonly pixels: Pixels;
  readonly nodata: number;
}

type Sampler = (source: WarpSource, x: number, y: number) => number;

/** Fills `output` with the source pixel nearest to each place. */
export function warpNearest(
  source: WarpSource,
  nodes: PositionNodes,
  step: number,
  grid: GridWindow,
  output: Pixels,
): void {
  fill(source, nodes, step, grid, output, nearest);
}

/** Fills `output` by cubic convolution (a = -0.5, 4 x 4 pixels); beside pixels without data by those that have some. */
export function warpCubic(
  source: WarpSource,
  nodes: PositionNodes,
  step: number,
  grid: GridWindow,
  output: Pixels,
): void {
  fill(source, nodes, step, grid, output, cubic);
}

/** Walks the grid cell by cell of the nodes; positions inside a cell are bilinear. */
function fill(
  source: WarpSource,
  nodes: PositionNodes,
  step: number,
  grid: GridWindow,
  output: Pixels,
  sample: Sampler,
): void {
  for (let row = 0; row < grid.rows; row++) {
    const nodeRow = Math.floor(row / step);
    const down = row / step - nodeRow;
    const above = nodeRow * nodes.columns;
    const below = above + nodes.columns;
    for (let cell = 0; cell * step < grid.columns; cell++) {
      const [left, right] = [cell, cell + 1];
      const fromX = mix(nodes.x[above + left]!, nodes.x[below + left]!, down) - source.column;
      const toX = mix(nodes.x[above + right]!, nodes.x[below + right]!, down) - source.column;
      const fromY = mix(nodes.y[above + left]!, nodes.y[below + left]!, down) - source.row;
      const toY = mix(nodes.y[above + right]!, nodes.y[below + right]!, down) - source.row;
      const end = Math.min(grid.columns, (cell + 1) * step);
      for (let column = cell * step; column < end; column++) {
        const across = (column - cell * step) / step;
        output[row * grid.columns + column] = sample(source, mix(fromX, toX, across), mix(fromY, toY, across));
      }
    }
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function nearest({ pixels, columns }: WarpSource, x: number, y: number): number {
  return pixels[Math.floor(y + 0.5) * columns + Math.floor(x + 0.5)]!;
}

const TAPS = 4;

function cubic(source: WarpSource, x: number, y: number): number {
  const { pixels, columns, nodata } = source;
  if (nearest(source, x, y) === nodata) return nodata;
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
    const v0 = pixels[at]!;
    const v1 = pixels[at + 1]!;
    const v2 = pixels[at + 2]!;
    const v3 = pixels[at + 3]!;
    if (v0 === nodata || v1 === nodata || v2 === nodata || v3 === nodata) return linearOfKnown(source, x, y);
    sum += (v0 * w0 + v1 * w1 + v2 * w2 + v3 * w3) * weight(tap - 1 - down);
  }
  const largest = 2 ** (8 * pixels.BYTES_PER_ELEMENT) - 1;
  return Math.min(largest, Math.max(0, Math.round(sum)));
}

/** Keys' cubic convolution with a = -0.5, the kernel of GDAL. */
function weight(distance: number): number {
  const d = Math.abs(distance);
  return d <= 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

/** Bilinear over those of the four pixels around that have data: the cubic would pull in the empty ones as black. */
function linearOfKnown({ pixels, columns, nodata }: WarpSource, x: number, y: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  let sum = 0;
  let weights = 0;
  for (const [dx, dy] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const value = pixels[(row + dy) * columns + column + dx]!;
    if (value === nodata) continue;
    const share = (1 - Math.abs(x - column - dx)) * (1 - Math.abs(y - row - dy));
    sum += value * share;
    weights += share;
  }
  return Math.round(sum / weights);
}
