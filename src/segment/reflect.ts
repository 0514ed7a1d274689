import type { FloatTensor } from './types';

/** The deepest level of a network must hold two pixels a side: its convolutions reflect, and one pixel has no mirror. */
const SMALLEST_MULTIPLE = 2;

/** Smallest size that holds `size` and that a network halving it down to size / `multiple` can work on. */
export function workableSize(size: number, multiple: number): number {
  return Math.max(Math.ceil(size / multiple), SMALLEST_MULTIPLE) * multiple;
}

/**
 * Grows planes [planes, rows, columns] to the right and downwards by reflection without repeating the edge pixel, as
 * PyTorch's `reflect` does; where the picture is smaller than the growth, it is reflected again and again.
 * Returns the input itself where there is nothing to grow.
 */
export function reflectPlanes<T extends Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(
  planes: T,
  from: { readonly rows: number; readonly columns: number },
  to: { readonly rows: number; readonly columns: number },
): T {
  if (from.rows === to.rows && from.columns === to.columns) return planes;
  const count = planes.length / (from.rows * from.columns);
  const columnOf = Array.from({ length: to.columns }, (_, column) => reflectIndex(column, from.columns));
  const grown = new (planes.constructor as new (length: number) => T)(count * to.rows * to.columns);
  let at = 0;
  for (let plane = 0; plane < count; plane += 1) {
    for (let row = 0; row < to.rows; row += 1) {
      const start = (plane * from.rows + reflectIndex(row, from.rows)) * from.columns;
      for (let column = 0; column < to.columns; column += 1) grown[at++] = planes[start + columnOf[column]!]!;
    }
  }
  return grown;
}

/**
 * The top left `rows` x `columns` of each plane of a tensor whose last two axes are rows and columns. Returns the tensor's
 * own values where that is all of them.
 */
export function cropPlanes({ data, shape }: FloatTensor, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const [fullRows, fullColumns] = shape.slice(-2) as [number, number];
  if (rows === fullRows && columns === fullColumns && isPlain(data)) return data;
  const count = data.length / (fullRows * fullColumns);
  const cropped = new Float32Array(count * rows * columns);
  for (let plane = 0; plane < count; plane += 1) {
    for (let row = 0; row < rows; row += 1) {
      const start = (plane * fullRows + row) * fullColumns;
      cropped.set(data.subarray(start, start + columns), (plane * rows + row) * columns);
    }
  }
  return cropped;
}

function reflectIndex(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const folded = index % period;
  return folded < size ? folded : period - folded;
}

function isPlain(data: Float32Array): data is Float32Array<ArrayBuffer> {
  return data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength;
}
