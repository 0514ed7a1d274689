import type { OnnxConstant } from './onnx';

/** Of constants that the kernel has in its code: how far they may lie from what they should be. */
export const ROUNDING = 1e-6;

/** Whether a constant is these sizes. */
export function isSizes(constant: OnnxConstant | undefined, sizes: readonly number[]): boolean {
  return constant?.integers?.join() === sizes.join();
}

/** Whether a constant is of floats and of this shape. */
export function isShape(constant: OnnxConstant | undefined, shape: readonly number[]): boolean {
  return Boolean(constant?.values) && constant?.shape.join() === shape.join();
}

/** Whether a constant is the matrix that `expected` gives. */
export function isMatrix(
  constant: OnnxConstant | undefined,
  rows: number,
  columns: number,
  expected: (row: number, column: number) => number,
): boolean {
  if (!isShape(constant, [rows, columns])) return false;
  const close = (value: number, at: number): boolean =>
    Math.abs(value - expected(Math.floor(at / columns), at % columns)) <= ROUNDING;
  return constant!.values!.every(close);
}
