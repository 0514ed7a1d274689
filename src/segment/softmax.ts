import { NODATA_LABEL } from '../crops';
import type { MapArrays, TileScores } from './types';

/** Stored value of probability 1: leaves 251 to 254 unused and 255 for "no data", in steps of 0.4 %. */
export const PROBABILITY_SCALE = 250;

/** Class probabilities of one pixel of scores [classes, pixels], written to `target`. */
export function softmaxInto(target: Float64Array, logits: Float32Array, pixel: number, pixels: number): void {
  let highest = -Infinity;
  for (let code = 0; code < target.length; code += 1) highest = Math.max(highest, logits[code * pixels + pixel]!);
  let sum = 0;
  for (let code = 0; code < target.length; code += 1) {
    const value = Math.exp(logits[code * pixels + pixel]! - highest);
    target[code] = value;
    sum += value;
  }
  for (let code = 0; code < target.length; code += 1) target[code]! /= sum;
}

/**
 * Scores [classes, rows, columns] as they are kept in a map: the label is the most probable class (the lowest code
 * among equals), probabilities are p x 250 rounded. Pixels without a score (NaN) become 255 in both.
 */
export function softmaxToBytes({ rows, columns, logits }: TileScores): MapArrays {
  const pixels = rows * columns;
  const classes = logits.length / pixels;
  const labels = new Uint8Array(pixels).fill(NODATA_LABEL);
  const probabilities = new Uint8Array(logits.length).fill(NODATA_LABEL);
  const ofPixel = new Float64Array(classes);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    if (Number.isNaN(logits[pixel])) continue;
    softmaxInto(ofPixel, logits, pixel, pixels);
    let best = 0;
    for (let code = 0; code < classes; code += 1) {
      // Compared as logits: probabilities of distant classes can round to equal numbers.
      if (logits[code * pixels + pixel]! > logits[best * pixels + pixel]!) best = code;
      probabilities[code * pixels + pixel] = Math.round(ofPixel[code]! * PROBABILITY_SCALE);
    }
    labels[pixel] = best;
  }
  return { rows, columns, labels, probabilities };
}
