import type { Convolution, Movement } from './picture-plan';

/** Output channels that lie side by side, as the innermost loop of the kernels takes them. */
export const LANES = 8;

/** Channels of the pictures that kernels read: they load four floats at a time. */
const DEPTH_MULTIPLE = 4;

export function paddedDepth(channels: number): number {
  return Math.ceil(channels / DEPTH_MULTIPLE) * DEPTH_MULTIPLE;
}

export function paddedChannels(channels: number): number {
  return Math.ceil(channels / LANES) * LANES;
}

/**
 * What becomes of the pixels of a kernel along one axis: the factor of each, by product and by part of the input. The
 * factors of a picture are those of its two axes multiplied.
 */
type Axis = readonly (readonly (readonly number[])[])[];

/** Rows of G of F(4, 3) with the points 0, 1, -1, 2, -2 and infinity (Lavin and Gray, 2015). */
const G3 = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
] as const;

/** Rows of G of F(4, 2) with the points 0, 1, -1, 2 and infinity. */
const G2 = [
  [1 / 2, 0],
  [-1 / 2, -1 / 2],
  [-1 / 6, 1 / 6],
  [1 / 6, 1 / 3],
  [0, 1],
] as const;

/** Of a transposed kernel of four: the pixel that meets the row itself, and the one that meets its neighbour. */
const MEETS = [
  [1, 3],
  [2, 0],
] as const;

const AXES: Readonly<Record<Exclude<Movement, 'filter'>, Axis>> = {
  same: G3.map((row) => [row]),
  // The parts are the even and the odd pixels.
  halve: G2.map(([one, other]) => [
    [one, 0, other, 0],
    [0, one, 0, other],
  ]),
  mix: [[[1]]],
  enlarge: MEETS.map((pixels) => pixels.map((pixel) => [0, 1, 2, 3].map((at) => (at === pixel ? 1 : 0)))),
};

/**
 * The kernel of a convolution as the compiled kernels take it: transformed in double precision and rounded once, laid out
 * as [products, channels / 8, parts x depth, 8]; for `filter` as [side, side, channels]. What is padded is 0.
 * @param depth channels of the input picture, those that pad it included
 */
export function layKernel(step: Convolution, depth: number): Float32Array<ArrayBuffer> {
  const { movement, channels, bands, side, kernel } = step;
  const padded = paddedChannels(channels);
  const area = side * side;
  if (movement === 'filter') {
    const laid = new Float32Array(area * depth);
    kernel.forEach((value, at) => (laid[(at % area) * depth + Math.floor(at / area)] = value));
    return laid;
  }
  const axis = AXES[movement];
  const parts = axis[0]!.length;
  const rowLength = parts * parts * depth;
  const laid = new Float32Array(axis.length * axis.length * rowLength * padded);
  forEachFactor(axis, side, (product, part, pixels, factors) => {
    for (let channel = 0; channel < channels; channel += 1) {
      const block = (product * padded) / LANES + Math.floor(channel / LANES);
      const to = (block * rowLength + part * depth) * LANES + (channel % LANES);
      for (let band = 0; band < bands; band += 1) {
        const from = (movement === 'enlarge' ? band * channels + channel : channel * bands + band) * area;
        let sum = 0;
        for (let at = 0; at < pixels.length; at += 1) sum += factors[at]! * kernel[from + pixels[at]!]!;
        laid[to + band * LANES] = sum;
      }
    }
  });
  return laid;
}

/** A matrix [rows, columns] laid out as [columns / 8, rows, 8], with columns of 0 at the end where there are too few. */
export function layMatrix(values: ArrayLike<number>, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const laid = new Float32Array(rows * paddedChannels(columns));
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const at = (Math.floor(column / LANES) * rows + row) * LANES + (column % LANES);
      laid[at] = values[row * columns + column]!;
    }
  }
  return laid;
}

/**
 * Calls back for each product and part with the pixels of the kernel that have a part in it, and their factors. In typed
 * arrays: this is done some million times for a network.
 */
function forEachFactor(
  axis: Axis,
  side: number,
  visit: (product: number, part: number, pixels: Int32Array, factors: Float64Array) => void,
): void {
  const parts = axis[0]!.length;
  axis.forEach((down, row) =>
    axis.forEach((across, column) =>
      down.forEach((ofRows, partRow) =>
        across.forEach((ofColumns, partColumn) => {
          const all = ofRows.flatMap((a, y) => ofColumns.map((b, x) => ({ pixel: y * side + x, factor: a * b })));
          const some = all.filter(({ factor }) => factor !== 0);
          const pixels = Int32Array.from(some, ({ pixel }) => pixel);
          const factors = Float64Array.from(some, ({ factor }) => factor);
          visit(row * axis.length + column, partRow * parts + partColumn, pixels, factors);
        }),
      ),
    ),
  );
}
