import type { MapRows, PackedStrip } from '../types';
import type { Validity } from '../validity';
import { BYTES_PER_FLOAT, type Kernels } from './kernels';

/**
 * The same rows of the dates' maps added up with the attention's weights.
 * @param weights [dates, coarse rows x coarse columns, heads]
 * @param valid [dates, rows.to - rows.from, columns], whose pixels alone are added, the sums then divided by the sums of
 * their weights; null where all are
 * @returns [rows.to - rows.from, columns, channels]
 */
export function addUp(
  kernels: Kernels,
  { steps, scales }: PackedStrip,
  weights: Float32Array,
  rows: MapRows,
  valid: Validity,
): Float32Array<ArrayBuffer> {
  const { heads, coarseRows, coarseColumns, channels, columns, from, to } = rows;
  const ofDate = coarseRows * coarseColumns * heads;
  const dates = weights.length / ofDate;
  const scratch = kernels.scratch();
  const at = {
    steps: scratch.take(steps.byteLength),
    scales: scratch.take(scales.byteLength),
    weights: scratch.take(weights.byteLength),
  };
  kernels.steps(at.steps, steps.length).set(steps);
  kernels.floats(at.scales, scales.length).set(scales);
  kernels.floats(at.weights, weights.length).set(weights);
  const room = scratch.take(2 * heads * BYTES_PER_FLOAT);
  const count = (to - from) * columns * channels;
  const sum = scratch.take(count * BYTES_PER_FLOAT);
  kernels.floats(sum, count).fill(0);
  const pixels = (to - from) * columns;
  const shares = valid === null ? 0 : scratch.take(pixels * heads * BYTES_PER_FLOAT);
  const seen = valid === null ? 0 : scratch.take(valid.length);
  if (valid !== null) {
    kernels.floats(shares, pixels * heads).fill(0);
    kernels.bytes(seen, valid.length).set(valid);
  }
  for (let date = 0; date < dates; date += 1) {
    const packed = [
      at.steps + (date * steps.byteLength) / dates,
      at.scales + (date * scales.byteLength) / dates,
    ] as const;
    const weighing = [at.weights + date * ofDate * BYTES_PER_FLOAT, heads, coarseRows, coarseColumns] as const;
    const seenOnDate = valid === null ? 0 : seen + date * pixels;
    kernels.run.weigh(...packed, ...weighing, channels, rows.rows, columns, from, to, sum, room, seenOnDate, shares);
  }
  if (valid !== null) kernels.run.divide_sums(sum, shares, pixels, channels, heads);
  return kernels.floats(sum, count).slice();
}
