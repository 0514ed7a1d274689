import { CropError } from '../errors';
import type { SeriesTile } from '../series';
import { softmaxInto } from './softmax';
import type { Backend, GoldenCheck, LoadedModel, Precision, TileScores } from './types';

/**
 * What counts as right besides float32, whose bound the card gives: rounding moves probabilities a little, and labels
 * only where two classes are nearly equal, as they are in one pixel of sixty of a tile of made-up fields. A network that
 * is broken, and not just rounded, is beyond both.
 */
const ROUNDED_TOLERANCE = { probability: 0.1, labels: 0.97 };

/** All labels, but for what the card's tolerance of probability can tip. */
const EXACT_LABELS = 0;

/**
 * Runs the card's golden tile and compares class probabilities with the expected ones.
 * Rejects with `segment/golden-mismatch` where any differs by more than is allowed, or too many labels do.
 */
export async function checkGolden(
  model: LoadedModel,
  backend: Backend,
  run: (tile: SeriesTile) => Promise<TileScores>,
): Promise<GoldenCheck> {
  const { card, golden, precision } = model;
  const { logits } = await run(goldenTile(model));
  const maxAbsProbability = maxProbabilityDifference(logits, golden.logits, card.classes.length);
  const agreement = labelAgreement(logits, golden.logits, card.classes.length);
  const { probability: tolerance, labels } = allowed(card.golden.toleranceProbability, precision);
  // Written this way round so that NaN is refused too.
  if (!(maxAbsProbability <= tolerance && agreement >= labels)) {
    const difference = `${maxAbsProbability.toPrecision(3)} (${(agreement * 100).toFixed(1)} % of the labels alike)`;
    const where = `${backend.description}, ${precision}`;
    throw new CropError('segment/golden-mismatch', { difference, tolerance, backend: where });
  }
  const description = precision === 'fp32' ? backend.description : `${backend.description}, ${precision}`;
  return { backend: backend.name, precision, description, maxAbsProbability, tolerance, labelAgreement: agreement };
}

function allowed(exact: number, precision: Precision): typeof ROUNDED_TOLERANCE {
  return precision === 'fp32' ? { probability: exact, labels: EXACT_LABELS } : ROUNDED_TOLERANCE;
}

/** The golden DN [dates, bands, rows, columns] normalised with the card's mean and std, and which of them are valid. */
function goldenTile({ card, golden }: LoadedModel): SeriesTile {
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
  const valid = golden.valid && pixels.map((_, date) => golden.valid!.slice(date * plane, (date + 1) * plane));
  return { rows, columns, days, pixels, ...(valid && { valid }) };
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

/** Share of the pixels of two score cubes [classes, ...pixels] whose highest score belongs to the same class, 0 to 1. */
export function labelAgreement(a: Float32Array, b: Float32Array, classes: number): number {
  const pixels = a.length / classes;
  let alike = 0;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    if (bestClass(a, pixel, pixels, classes) === bestClass(b, pixel, pixels, classes)) alike += 1;
  }
  return alike / pixels;
}

function bestClass(logits: Float32Array, pixel: number, pixels: number, classes: number): number {
  let best = 0;
  for (let code = 1; code < classes; code += 1) {
    if (logits[code * pixels + pixel]! > logits[best * pixels + pixel]!) best = code;
  }
  return best;
}
