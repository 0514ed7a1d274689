import { decodeDates } from './network';
import type { HeldFeatures } from './resident-types';
import { softmaxInto } from './softmax';
import type { Backend, DateFeatures, ModelCard, TileScores, TileSize } from './types';

type Features = DateFeatures | HeldFeatures;

/**
 * How many subsets the dates of a tile are split into: `wanted` where it is given, else what the card recommends; never
 * more than there are dates, and 1 where the card recommends nothing. 0 for no dates.
 */
export function subsetsFor(card: Pick<ModelCard, 'input'>, dates: number, wanted?: number): number {
  const { datesPerSubset = Infinity } = card.input;
  return Math.min(wanted ?? Math.max(1, Math.round(dates / datesPerSubset)), dates);
}

/**
 * Scores of a tile from interleaved subsets of its dates, in the order of their days: subset i of k holds every k-th date
 * from the i-th on. Each goes through attention and decoder by itself, and the class probabilities are averaged: a
 * season longer than any that the network was trained on is read in parts of a length that it knows.
 * @returns logits as of `decodeDates` for one subset, else logarithms of the mean probabilities; NaN without dates, and
 * where any subset gives NaN
 */
export async function decodeSubsets(
  card: ModelCard,
  backend: Backend,
  dates: readonly Features[],
  tile: TileSize,
  subsets: number,
  signal: AbortSignal,
): Promise<TileScores> {
  if (subsets <= 1) return decodeDates(card, backend, dates, tile, signal);
  const inOrder = [...dates].sort((a, b) => a.day - b.day);
  const pixels = tile.rows * tile.columns;
  const sums = new Float64Array(card.classes.length * pixels);
  for (let first = 0; first < subsets; first += 1) {
    const subset = inOrder.filter((_, at) => at % subsets === first);
    const { logits } = await decodeDates(card, backend, subset, tile, signal);
    addProbabilities(sums, logits, card.classes.length, pixels);
  }
  const { rows, columns } = tile;
  return { rows, columns, logits: Float32Array.from(sums, (sum) => Math.log(sum / subsets)) };
}

function addProbabilities(sums: Float64Array, logits: Float32Array, classes: number, pixels: number): void {
  const ofPixel = new Float64Array(classes);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    softmaxInto(ofPixel, logits, pixel, pixels);
    for (let code = 0; code < classes; code += 1) sums[code * pixels + pixel]! += ofPixel[code]!;
  }
}
