import { CropError } from '../errors';
import type { SeriesTile } from '../series';
import { breathe } from './breathe';
import { cropPlanes, reflectPlanes, workableSize } from './reflect';
import type { Backend, FloatTensor, ModelCard, StageName, TileScores } from './types';

/**
 * Pixels per run of the attention stage. At 1024 the runtime's heap stays at 44 MB for 30 dates of a 128 px tile;
 * 4096 takes three times as much and is no faster.
 */
const STRIP_PIXELS = 1024;

/**
 * The whole network over one tile: each date through the encoder, all dates through the attention in strips of pixels,
 * then the decoder. Dates whose normalised values are all exactly 0 are padding by the definition of the network's
 * authors and are left out (never padded: the attention normalises over all dates it is given).
 *
 * Sizes that are no multiple of the card's `sizeMultiple`, or less than two of it, are reflected up and cropped after.
 * Logits are NaN everywhere where no date is left. `onDate` is called after each encoded date.
 */
export async function runNetwork(
  card: ModelCard,
  backend: Backend,
  tile: SeriesTile,
  signal: AbortSignal,
  onDate?: (done: number, total: number) => void,
): Promise<TileScores> {
  const { rows, columns } = tile;
  const { sizeMultiple } = card.input;
  const size = { rows: workableSize(rows, sizeMultiple), columns: workableSize(columns, sizeMultiple) };
  const present = tile.pixels.flatMap((pixels, date) => (pixels.some((value) => value !== 0) ? [date] : []));
  if (present.length === 0) {
    return { rows, columns, logits: new Float32Array(card.classes.length * rows * columns).fill(Number.NaN) };
  }

  const features: Float32Array[] = [];
  for (const date of present) {
    await breathe();
    const pixels = {
      data: reflectPlanes(tile.pixels[date]!, tile, size),
      shape: [1, card.input.bands.length, size.rows, size.columns],
    };
    const expected = [size.rows * size.columns, card.input.featureChannels];
    features.push((await runStage(backend, 'encoder', { pixels }, expected, signal)).data);
    onDate?.(features.length, present.length);
  }

  const days = Float32Array.from(present, (date) => tile.days[date]!);
  const embedding = await attend(card, backend, features, days, size.rows * size.columns, signal);
  const map = { data: embedding, shape: [size.rows, size.columns, card.input.featureChannels] };
  const expected = [1, card.classes.length, size.rows, size.columns];
  const logits = await runStage(backend, 'decoder', { embedding: map }, expected, signal);
  return { rows, columns, logits: cropPlanes(logits, rows, columns) };
}

/** Features [dates] of [pixels, channels] -> embedding [pixels, channels]. */
async function attend(
  card: ModelCard,
  backend: Backend,
  features: readonly Float32Array[],
  days: Float32Array,
  pixels: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  const channels = card.input.featureChannels;
  const dates = features.length;
  const embedding = new Float32Array(pixels * channels);
  const strip = new Float32Array(dates * Math.min(STRIP_PIXELS, pixels) * channels);
  for (let start = 0; start < pixels; start += STRIP_PIXELS) {
    await breathe();
    const count = Math.min(STRIP_PIXELS, pixels - start);
    const length = count * channels;
    features.forEach((ofDate, date) => {
      strip.set(ofDate.subarray(start * channels, start * channels + length), date * length);
    });
    const inputs = {
      features: { data: strip.subarray(0, dates * length), shape: [dates, count, channels] },
      days: { data: days, shape: [dates] },
    };
    const output = await runStage(backend, 'attention', inputs, [count, channels], signal);
    embedding.set(output.data, start * channels);
  }
  return embedding;
}

/** Runs a stage and holds it to the shape that the model format promises. */
async function runStage(
  backend: Backend,
  stage: StageName,
  inputs: Readonly<Record<string, FloatTensor>>,
  expected: readonly number[],
  signal: AbortSignal,
): Promise<FloatTensor> {
  signal.throwIfAborted();
  const output = await backend.run(stage, inputs, signal);
  signal.throwIfAborted();
  if (output.shape.join() !== expected.join()) {
    const reason = `its output is [${output.shape.join(', ')}], expected [${expected.join(', ')}].`;
    throw new CropError('segment/runtime-failed', { stage, reason });
  }
  return output;
}
