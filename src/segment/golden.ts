import { CropError } from '../errors';
import type { SeriesTile } from '../series';
import { runNetwork } from './network';
import { softmaxInto } from './softmax';
import type { Backend, GoldenCheck, LoadedModel } from './types';

/**
 * Runs the card's golden tile on a backend and compares class probabilities with the expected ones.
 * Rejects with `segment/golden-mismatch` where any differs by more than the card allows.
 */
export async function checkGolden(model: LoadedModel, backend: Backend, signal: AbortSignal): Promise<GoldenCheck> {
  const { card, golden } = model;
  const scores = await runNetwork(card, backend, goldenTile(model), signal);
  const maxAbsProbability = maxProbabilityDifference(scores.logits, golden.logits, card.classes.length);
  const tolerance = card.golden.toleranceProbability;
  // Written this way round so that NaN is refused too.
  if (!(maxAbsProbability <= tolerance)) {
    const difference = maxAbsProbability.toPrecision(3);
    throw new CropError('segment/golden-mismatch', { difference, tolerance, backend: backend.description });
  }
  return { backend: backend.name, description: backend.description, maxAbsProbability, tolerance };
}

/** The golden DN [dates, bands, rows, columns] normalised with the card's mean and std. */
export function goldenTile({ card, golden }: LoadedModel): SeriesTile {
  const { dates, rows, columns, days } = card.golden;
  const { mean, std } = card.input;
  const plane = rows * columns;
  const pixels = Array.from({ length: dates }, (_, date) => {
    const values = new Float32Array(mean.length * plane);
    for (let at = 0; at < values.length; at += 1) {
      const band = Math.floor(at / plane);
      values[at] = (golden.input[date * values.length + at]! - mean[band]!) / std[band]!;
    }
    return values;
  });
  return { rows, columns, days, pixels };
}

/** Largest absolute difference between the softmax of two score cubes [classes, ...pixels]; NaN where either has one. */
export function maxProbabilityDifference(a: Float32Array, b: Float32Array, classes: number): number {
  const pixels = a.length / classes;
  const ofA = new Float64Array(classes);
  const ofB = new Float64Array(classes);
  let largest = 0;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    softmaxInto(ofA, a, pixel, pixels);
    softmaxInto(ofB, b, pixel, pixels);
    // Math.max keeps a NaN once it has met one.
    for (let code = 0; code < classes; code += 1) largest = Math.max(largest, Math.abs(ofA[code]! - ofB[code]!));
  }
  return largest;
}
