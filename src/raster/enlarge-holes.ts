import { CUBIC_TAPS, type AxisKernel } from './cubic';
import type { SourcePatch } from './enlarge';
import { storeIn, typeOf } from './pixel-types';
import type { Pixels } from './types';

export interface Kernels2d {
  readonly across: AxisKernel;
  readonly down: AxisKernel;
}

/** Bits that say what is among the 4 x 4 taps of an output. */
const HOLE = 1;
const VALID = 2;

/**
 * Writes the outputs that stand on an invalid source pixel, as GDAL's cubic does for a band with a mask: of each row of
 * taps the valid ones, scaled to a sum of 1, where at least half of the taps are valid side by side and weigh more than
 * 0 together; the rows that this leaves are treated the same way. All else is invalid and holds `nodata`, or 0.
 * Around a hole, half a source pixel becomes valid, and nothing of what stood in the hole takes part.
 * @returns which outputs are valid, as `pixels.valid`
 */
export function fillHoles(
  output: Pixels,
  source: SourcePatch,
  valid: Uint8Array,
  { across, down }: Kernels2d,
  nodata: number | null,
): Uint8Array<ArrayBuffer> | null {
  const width = across.starts.length;
  const content = contentOfTaps(source, valid);
  const store = storeIn(typeOf(output), nodata);
  const { rect } = source;
  const outValid = new Uint8Array(output.length).fill(1);
  const sample = createSampler(source, valid, { across, down });
  let isWholeWindow = true;
  for (let row = 0; row < down.starts.length; row++) {
    const startRow = (down.starts[row] - rect.row) * rect.columns - rect.column;
    for (let column = 0; column < width; column++) {
      const start = startRow + across.starts[column];
      const taps = content[start];
      if (taps === VALID) continue;
      const at = row * width + column;
      const value = taps === HOLE ? NaN : sample(start, column, row);
      if (Number.isNaN(value)) {
        outValid[at] = 0;
        output[at] = nodata ?? 0;
        isWholeWindow = false;
        continue;
      }
      output[at] = store(Math.fround(value));
    }
  }
  return isWholeWindow ? null : outValid;
}

/** For each source pixel what is among the 4 x 4 that begin there, as far as they lie inside the raster. */
function contentOfTaps({ rect, rasterColumns, rasterRows }: SourcePatch, valid: Uint8Array): Uint8Array {
  const inRows = new Uint8Array(rect.rows * rect.columns);
  for (let row = 0; row < rect.rows; row++) {
    if (rect.row + row < 0 || rect.row + row >= rasterRows) continue;
    let [holes, valids] = [0, 0];
    for (let column = rect.columns - 1; column >= 0; column--) {
      const at = row * rect.columns + column;
      const isInside = rect.column + column >= 0 && rect.column + column < rasterColumns;
      holes = isInside && valid[at] === 0 ? CUBIC_TAPS : holes - 1;
      valids = isInside && valid[at] === 1 ? CUBIC_TAPS : valids - 1;
      inRows[at] = (holes > 0 ? HOLE : 0) | (valids > 0 ? VALID : 0);
    }
  }
  const content = new Uint8Array(inRows.length);
  for (let row = 0; row < rect.rows; row++) {
    for (let tap = 0; tap < CUBIC_TAPS && row + tap < rect.rows; tap++) {
      const [to, from] = [row * rect.columns, (row + tap) * rect.columns];
      for (let column = 0; column < rect.columns; column++) {
        content[to + column] = content[to + column] | inRows[from + column];
      }
    }
  }
  return content;
}

/** Output (row, column), of the 4 x 4 source pixels from `start` on; NaN where too few of them are valid. */
type Sampler = (start: number, column: number, row: number) => number;

function createSampler({ pixels, rect }: SourcePatch, valid: Uint8Array, { across, down }: Kernels2d): Sampler {
  const lines = new Float64Array(CUBIC_TAPS);
  const lineValid = new Uint8Array(CUBIC_TAPS);

  /** The weighted mean of the valid ones of the taps of an output; NaN where they are too few. */
  function mean(values: Pixels, mask: Uint8Array, from: number, axis: AxisKernel, output: number): number {
    let [sum, weightSum, run, longest] = [0, 0, 0, 0];
    const [first, end] = [axis.firstTaps[output], axis.endTaps[output]];
    for (let tap = first; tap < end; tap++) {
      run = mask[from + tap] === 0 ? 0 : run + 1;
      if (run === 0) continue;
      longest = Math.max(longest, run);
      const weight = axis.plain[output * CUBIC_TAPS + tap];
      sum += values[from + tap] * weight;
      weightSum += weight;
    }
    return longest >= Math.floor((end - first) / 2) && weightSum > 0 ? sum / weightSum : NaN;
  }

  return (start, column, row) => {
    for (let tap = down.firstTaps[row]; tap < down.endTaps[row]; tap++) {
      lines[tap] = mean(pixels, valid, start + tap * rect.columns, across, column);
      lineValid[tap] = Number.isNaN(lines[tap]) ? 0 : 1;
    }
    return mean(lines, lineValid, 0, down, row);
  };
}
