import { NODATA_LABEL, NOT_CLASSIFIED } from '../crops';
import { CropError } from '../errors';
import type { ConfusionMatrix } from './types';

/** Labels are bytes: every code has its slot in a look-up table. */
const CODES = 256;

export interface ConfusionOptions {
  /** Truth codes that are not counted at all. */
  readonly ignore?: readonly number[];
}

/**
 * Counts predictions against labels, pixel by pixel.
 *
 * Only the truth decides whether a pixel counts. A pixel predicted as an ignored class counts as wrong; the predecessor
 * deleted row and column of that class, so that such pixels vanished and the scores rose (reference spec, 3.6).
 *
 * @param predicted class code per pixel
 * @param truth class code per pixel, same order and length
 * @param classes codes of rows and columns, in order; every truth code must be in here or in `ignore`
 * @throws accuracy/different-lengths, accuracy/unknown-label
 */
export function confusionMatrix(
  predicted: Uint8Array,
  truth: Uint8Array,
  classes: readonly number[],
  { ignore = [NOT_CLASSIFIED, NODATA_LABEL] }: ConfusionOptions = {},
): ConfusionMatrix {
  if (predicted.length !== truth.length) {
    throw new CropError('accuracy/different-lengths', { predicted: predicted.length, truth: truth.length });
  }
  const pairs = countPairs(predicted, truth);
  const known = new Set([...classes, ...ignore]);
  for (let code = 0; code < CODES; code++) {
    const pixels = sum(pairs.subarray(code * CODES, (code + 1) * CODES));
    if (pixels > 0 && !known.has(code)) throw new CropError('accuracy/unknown-label', { code, pixels });
  }
  const rows = classes.filter((code) => !ignore.includes(code));
  const counts = rows.map((row) => rows.map((column) => pairs[row * CODES + column]));
  const unanswered = rows.map((row, at) => sum(pairs.subarray(row * CODES, (row + 1) * CODES)) - sum(counts[at] ?? []));
  return { classes: rows, counts, unanswered };
}

/** Pixels per (truth, prediction), [256, 256]. */
function countPairs(predicted: Uint8Array, truth: Uint8Array): Uint32Array {
  const pairs = new Uint32Array(CODES * CODES);
  for (let at = 0; at < truth.length; at++) {
    const pair = truth[at] * CODES + predicted[at];
    pairs[pair]++;
  }
  return pairs;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
