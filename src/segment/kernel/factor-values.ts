/** Matrices of an attention's vectors, row-major, and their sizes. */
export interface FoldedValues {
  readonly heads: number;
  readonly channels: number;
  /** Numbers that encode a date. */
  readonly encoded: number;
  /** Channels out. */
  readonly width: number;
  /** [heads x channels, width] */
  readonly ofFeatures: Float32Array;
  /** [heads x encoded, width] */
  readonly ofPlaces: Float32Array;
}

/** Half of the distance between neighbouring floats, as a share of them. */
const HALF_STEP = 2 ** -24;
/** Of a head's matrix, how far two factors may be from it, as a share of its largest number: some steps of rounding. */
const TOLERANCE = 5e-6;
/** Keeps a head solvable whose encodings hardly reach its vectors; far below rounding. */
const RIDGE = 1e-13;

/**
 * The exporter multiplies two matrices of the network, from channels to values and from values to vectors, because few
 * large products are what runtimes do best. The second is known: encodings are added to the values, and go through it
 * alone. This finds the first, with which the way over the values takes a third of the multiplications.
 *
 * @returns [heads, channels, encoded]; null where two factors are not as good as their product, or not cheaper
 */
export function factorValues(folded: FoldedValues): Float32Array<ArrayBuffer> | null {
  const { heads, channels, encoded, width, ofFeatures, ofPlaces } = folded;
  if (encoded >= width) return null;
  const factors = new Float32Array(heads * channels * encoded);
  for (let head = 0; head < heads; head += 1) {
    const product = ofFeatures.subarray(head * channels * width, (head + 1) * channels * width);
    const second = ofPlaces.subarray(head * encoded * width, (head + 1) * encoded * width);
    const first = solve(product, second, channels, encoded, width);
    if (!isProduct(first, second, product, encoded, width)) return null;
    factors.set(first, head * channels * encoded);
  }
  return factors;
}

/** [rows, inner] whose product with `second` [inner, columns] is nearest to `product` [rows, columns]. */
function solve(
  product: Float32Array,
  second: Float32Array,
  rows: number,
  inner: number,
  columns: number,
): Float32Array {
  const lower = cholesky(second, inner, columns);
  const first = new Float32Array(rows * inner);
  const x = new Float64Array(inner);
  for (let row = 0; row < rows; row += 1) {
    for (let at = 0; at < inner; at += 1) {
      let sum = dot(product, row * columns, second, at * columns, columns);
      for (let before = 0; before < at; before += 1) sum -= lower[at * inner + before]! * x[before]!;
      x[at] = sum / lower[at * inner + at]!;
    }
    for (let at = inner - 1; at >= 0; at -= 1) {
      let sum = x[at]!;
      for (let after = at + 1; after < inner; after += 1) sum -= lower[after * inner + at]! * x[after]!;
      x[at] = sum / lower[at * inner + at]!;
    }
    first.set(x, row * inner);
  }
  return first;
}

/** The lower triangle whose product with its transpose is `matrix` [size, columns] times its own transpose. */
function cholesky(matrix: Float32Array, size: number, columns: number): Float64Array {
  const lower = new Float64Array(size * size);
  let trace = 0;
  for (let row = 0; row < size; row += 1) trace += dot(matrix, row * columns, matrix, row * columns, columns);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = dot(matrix, row * columns, matrix, column * columns, columns);
      for (let at = 0; at < column; at += 1) sum -= lower[row * size + at]! * lower[column * size + at]!;
      const pivot = Math.sqrt(Math.max(sum, 0) + RIDGE * trace);
      lower[row * size + column] = row === column ? pivot : sum / lower[column * size + column]!;
    }
  }
  return lower;
}

function dot(one: Float32Array, from: number, other: Float32Array, otherFrom: number, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += one[from + at]! * other[otherFrom + at]!;
  return sum;
}

/** Whether two factors give a product, counting what single precision may add to it. NaN is no product. */
function isProduct(
  first: Float32Array,
  second: Float32Array,
  product: Float32Array,
  inner: number,
  columns: number,
): boolean {
  const largest = product.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return product.every((value, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    let spread = 0;
    for (let k = 0; k < inner; k += 1) {
      const part = first[row * inner + k]! * second[k * columns + column]!;
      sum += part;
      spread += Math.abs(part);
    }
    return Math.abs(sum - value) + spread * HALF_STEP <= largest * TOLERANCE;
  });
}
