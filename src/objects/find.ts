/** Objects of a window: neighbouring pixels that are alike. */
export interface ObjectMap {
  /** Number of the object of each pixel, from 0, in the order of their first pixels; [rows, columns]. */
  readonly ids: Int32Array<ArrayBuffer>;
  readonly count: number;
}

/** Steps of a usual edge weight: weights are whole numbers, so that sorting them takes time in line with the pixels. */
const STEPS = 256;
const HEAVIEST = 65_535;
/** Edges from which the usual weight is taken. */
const SAMPLED_EDGES = 65_536;

/**
 * Objects by region merging over a graph of neighbours (after Nock and Nielsen 2004, with the cost of Ward 1963). Edges between
 * pixels above and beside each other, from the lightest to the heaviest, join two objects where that costs no more than
 * `mostCost`: what the squared distances to the means then grow by, in units of the usual squared distance between
 * neighbours, so that the unit of the planes is free. Single pixels unlike all around stay objects of their own.
 * Time grows in line with the pixels, and so does memory: about 30 bytes each beside the planes.
 *
 * @param planes [planes, rows, columns]; used up: sums of objects lie there afterwards
 */
export function findObjects(planes: Float32Array, columns: number, rows: number, mostCost: number): ObjectMap {
  const size = columns * rows;
  const usual = usualDistance(planes, columns, rows) || 1;
  const order = sorted(edgeWeights(planes, columns, rows, usual));
  const forest = createForest(size);
  const most = mostCost * usual * usual;
  for (const edge of order) {
    const one = rootOf(forest.parents, edge >> 1);
    const other = rootOf(forest.parents, (edge >> 1) + (edge & 1 ? columns : 1));
    if (one !== other && costOf(planes, forest, one, other) <= most) join(planes, forest, one, other);
  }
  return numbered(forest);
}

function costOf(sums: Float32Array, { pixels }: Forest, one: number, other: number): number {
  const [a, b] = [pixels[one]!, pixels[other]!];
  let squares = 0;
  for (let plane = 0; plane < sums.length; plane += pixels.length) {
    const difference = sums[plane + one]! / a - sums[plane + other]! / b;
    squares += difference * difference;
  }
  return (squares * a * b) / (a + b);
}

/** No edge: at the right and at the lower end of the window. */
const NONE = 65_535;

/** Edge 2 x pixel leads to the right, 2 x pixel + 1 down. */
function edgeWeights(planes: Float32Array, columns: number, rows: number, usual: number): Uint16Array {
  const size = columns * rows;
  const weights = new Uint16Array(2 * size).fill(NONE);
  for (let pixel = 0; pixel < size; pixel++) {
    const stepped = (next: number): number =>
      Math.min(HEAVIEST - 1, Math.round((STEPS * distance(planes, size, pixel, next)) / usual));
    if ((pixel + 1) % columns !== 0) weights[2 * pixel] = stepped(pixel + 1);
    if (pixel + columns < size) weights[2 * pixel + 1] = stepped(pixel + columns);
  }
  return weights;
}

function distance(planes: Float32Array, size: number, one: number, other: number): number {
  let sum = 0;
  for (let plane = 0; plane < planes.length; plane += size) {
    const difference = planes[plane + one]! - planes[plane + other]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

function usualDistance(planes: Float32Array, columns: number, rows: number): number {
  const size = columns * rows;
  if (columns < 2) return 0;
  const step = Math.max(1, Math.floor(size / SAMPLED_EDGES)) | 1;
  const sample: number[] = [];
  for (let pixel = 0; pixel < size; pixel += step) {
    if ((pixel + 1) % columns !== 0) sample.push(distance(planes, size, pixel, pixel + 1));
  }
  return sample.sort((a, b) => a - b)[sample.length >> 1] ?? 0;
}

/** Edges by weight, those of one weight in their order: a counting sort. */
function sorted(weights: Uint16Array): Uint32Array {
  const starts = new Uint32Array(NONE + 2);
  for (const weight of weights) starts[weight + 1]!++;
  for (let weight = 0; weight <= NONE; weight++) starts[weight + 1]! += starts[weight]!;
  const order = new Uint32Array(starts[NONE]!);
  weights.forEach((weight, edge) => {
    if (weight !== NONE) order[starts[weight]!++] = edge;
  });
  return order;
}

interface Forest {
  readonly parents: Int32Array<ArrayBuffer>;
  /** Of roots. */
  readonly pixels: Int32Array;
}

function createForest(size: number): Forest {
  const parents = Int32Array.from({ length: size }, (_, pixel) => pixel);
  return { parents, pixels: new Int32Array(size).fill(1) };
}

/** Halves the path while it walks up, which keeps trees flat. */
function rootOf(parents: Int32Array, pixel: number): number {
  let at = pixel;
  let parent = parents[at]!;
  while (parent !== at) {
    const grandparent = parents[parent]!;
    parents[at] = grandparent;
    at = grandparent;
    parent = parents[at]!;
  }
  return at;
}

function join(sums: Float32Array, { parents, pixels }: Forest, one: number, other: number): void {
  const [root, leaf] = pixels[one]! >= pixels[other]! ? [one, other] : [other, one];
  parents[leaf] = root;
  pixels[root]! += pixels[leaf]!;
  for (let plane = 0; plane < sums.length; plane += pixels.length) sums[plane + root]! += sums[plane + leaf]!;
}

function numbered({ parents }: Forest): ObjectMap {
  const ids = new Int32Array(parents.length).fill(-1);
  let count = 0;
  for (let pixel = 0; pixel < parents.length; pixel++) {
    const root = rootOf(parents, pixel);
    // A root may lie behind the first pixel of its object.
    if (ids[root]! < 0) ids[root] = count++;
    ids[pixel] = ids[root]!;
  }
  return { ids, count };
}
