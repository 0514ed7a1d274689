import { CUBIC_TAPS, cubicKernel, type AxisKernel } from './cubic';
import { fillHoles } from './enlarge-holes';
import { replaceValue } from './find-value';
import type { Kernels } from './kernels';
import { KERNEL_TILE_BYTES } from './limits';
import { besidesNodata, createPixels, limitsOf, roundTo, typeOf } from './pixel-types';
import type { MaskedPixels, PixelRect, Pixels } from './types';

/** Source pixels and where they lie in their raster. `rect` may reach past the raster, whose size is given. */
export interface SourcePatch extends MaskedPixels {
  readonly rect: PixelRect;
  readonly rasterColumns: number;
  readonly rasterRows: number;
}

/** The source pixels that the cubic needs for outputs first..first+count-1 along one axis. */
export function cubicSupport(first: number, count: number, factor: number): { first: number; count: number } {
  const start = Math.floor((first + 0.5) / factor - 1.5);
  const end = Math.floor((first + count - 0.5) / factor - 1.5) + CUBIC_TAPS;
  return { first: start, count: end - start };
}

/**
 * Enlarges by a whole factor with GDAL's cubic, bit for bit: rows first, then columns, in double; rounded to float32,
 * then to the nearest integer (halves away from 0) and clamped to the pixel type. Invalid pixels take no part (see
 * `fillHoles`), and no valid output holds `nodata`. `target` names the output pixels in the enlarged raster; the result
 * is [target.rows, target.columns].
 * Source: measured against GDAL 3.6 and 3.10 (tests/conformance/raster).
 */
export function enlargeCubic(
  source: SourcePatch,
  factor: number,
  target: PixelRect,
  nodata: number | null,
  kernels: Kernels | null = null,
): MaskedPixels {
  const across = cubicKernel(target.column, target.columns, factor, source.rasterColumns);
  const down = cubicKernel(target.row, target.rows, factor, source.rasterRows);
  // Every 20 m band of every date comes by here; the kernel is five times faster and gives the same.
  const { pixels, rect, valid } = source;
  const isForKernel = factor === 2 && pixels instanceof Uint16Array && isInside(source) && fitsKernel(target);
  const isByKernel = kernels !== null && isForKernel;
  const output = isByKernel
    ? kernels.enlargeTwice(pixels, rect, target, nodata === 0 ? 1 : 0)
    : convolve(source, across, down);
  const { most, isWhole } = limitsOf(typeOf(output));
  // Nearly always it is 0, which the kernel itself avoids.
  const isAvoided = nodata === null || !isWhole || (isByKernel && nodata === 0);
  if (!isAvoided) replaceValue(output, nodata, besidesNodata(nodata, most));
  return { pixels: output, valid: valid && fillHoles(output, source, valid, { across, down }, nodata) };
}

/** Enlarges by repeating pixels. `source.rect` must hold every pixel that `target` falls on. */
export function enlargeNearest(source: SourcePatch, factor: number, target: PixelRect): MaskedPixels {
  const { pixels, valid } = source;
  return {
    pixels: repeat(pixels, createPixels(typeOf(pixels), target.columns * target.rows), source, factor, target),
    valid: valid && repeat(valid, new Uint8Array(target.columns * target.rows), source, factor, target),
  };
}

function repeat<T extends Pixels>(pixels: T, output: T, { rect }: SourcePatch, factor: number, target: PixelRect): T {
  const width = target.columns;
  const columnOf = (at: number) => Math.floor((target.column + at) / factor) - rect.column;
  const across = Int32Array.from({ length: width }, (_, at) => columnOf(at));
  let before = -1;
  for (let row = 0; row < target.rows; row++) {
    const to = row * width;
    const from = (Math.floor((target.row + row) / factor) - rect.row) * rect.columns;
    if (from === before) output.copyWithin(to, to - width, to);
    else for (let column = 0; column < width; column++) output[to + column] = pixels[from + across[column]];
    before = from;
  }
  return output;
}

function convolve(source: SourcePatch, across: AxisKernel, down: AxisKernel): Pixels {
  const stretched = stretchRows(source, across.starts, across.weights);
  const [width, rows] = [across.starts.length, down.starts.length];
  const type = typeOf(source.pixels);
  const output = createPixels(type, width * rows);
  const limits = limitsOf(type);
  const { weights } = down;
  for (let row = 0; row < rows; row++) {
    const w0 = weights[row * CUBIC_TAPS];
    const w1 = weights[row * CUBIC_TAPS + 1];
    const w2 = weights[row * CUBIC_TAPS + 2];
    const w3 = weights[row * CUBIC_TAPS + 3];
    const r0 = (down.starts[row] - source.rect.row) * width;
    const r1 = r0 + width;
    const r2 = r1 + width;
    const r3 = r2 + width;
    const to = row * width;
    for (let column = 0; column < width; column++) {
      const sum =
        w0 * stretched[r0 + column] +
        w1 * stretched[r1 + column] +
        w2 * stretched[r2 + column] +
        w3 * stretched[r3 + column];
      const value = Math.fround(sum);
      output[to + column] = limits.isWhole ? roundTo(value, limits) : value;
    }
  }
  return output;
}

/** The horizontal half of the cubic: every source row at the width of the target. */
function stretchRows(source: SourcePatch, starts: Int32Array, weights: Float64Array): Float64Array {
  const { pixels, rect } = source;
  const width = starts.length;
  const stretched = new Float64Array(width * rect.rows);
  for (let row = 0; row < rect.rows; row++) {
    const rowStart = row * rect.columns - rect.column;
    const to = row * width;
    for (let column = 0; column < width; column++) {
      const from = rowStart + starts[column];
      const tap = column * CUBIC_TAPS;
      stretched[to + column] =
        weights[tap] * pixels[from] +
        weights[tap + 1] * pixels[from + 1] +
        weights[tap + 2] * pixels[from + 2] +
        weights[tap + 3] * pixels[from + 3];
    }
  }
  return stretched;
}

/** Whether no tap falls off the raster, so that all weights are those of its interior. */
function isInside({ rect, rasterColumns, rasterRows }: SourcePatch): boolean {
  const { column, row, columns, rows } = rect;
  return column >= 0 && row >= 0 && column + columns <= rasterColumns && row + rows <= rasterRows;
}

function fitsKernel({ rows, columns }: PixelRect): boolean {
  return rows * columns * Uint16Array.BYTES_PER_ELEMENT <= KERNEL_TILE_BYTES;
}
