import { CropError } from '../errors';
import { breathe } from './breathe';
import { packHalves, unpack } from './half';
import { cropPlanes, reflectPlanes, workableSize } from './reflect';
import type {
  Backend,
  DateFeatures,
  FloatTensor,
  LoadedModel,
  ModelCard,
  StageName,
  TileScores,
  TileSize,
} from './types';

/**
 * Pixels x dates in one run of the attention stage: 1024 pixels of 30 dates. Larger strips take more of the runtime's
 * heap and are no faster; strips that shrink as the dates grow keep it flat.
 */
const STRIP_PIXEL_DATES = 1024 * 30;

/** A run of fewer pixels than this is mostly overhead. */
const LEAST_STRIP_PIXELS = 64;

/**
 * One date of a tile through the encoder. Null where the normalised values are all exactly 0: that is padding by the
 * definition of the network's authors (never padded: the attention normalises over all dates it is given).
 *
 * Sizes that are no multiple of the card's `sizeMultiple`, or less than two of it, are reflected up and cropped at the end.
 */
export async function encodeDate(
  { card, precision }: Pick<LoadedModel, 'card' | 'precision'>,
  backend: Backend,
  pixels: Float32Array<ArrayBuffer>,
  tile: TileSize,
  day: number,
  signal: AbortSignal,
): Promise<DateFeatures | null> {
  if (!pixels.some((value) => value !== 0)) return null;
  await breathe();
  const size = workable(card, tile);
  const input = {
    data: reflectPlanes(pixels, tile, size),
    shape: [1, card.input.bands.length, size.rows, size.columns],
  };
  const expected = [size.rows * size.columns, card.input.featureChannels];
  const { data } = await runStage(backend, 'encoder', { pixels: input }, expected, signal);
  // The attention enlarges rounding: halves alone would take half of what the golden tile of an exact network allows.
  const values = precision === 'fp32' ? data : packHalves(data);
  return { rows: tile.rows, columns: tile.columns, day, values };
}

/** All dates through the attention in strips of pixels, then the decoder. Logits are NaN everywhere without dates. */
export async function decodeDates(
  card: ModelCard,
  backend: Backend,
  dates: readonly DateFeatures[],
  tile: TileSize,
  signal: AbortSignal,
): Promise<TileScores> {
  const { rows, columns } = tile;
  if (dates.length === 0) {
    return { rows, columns, logits: new Float32Array(card.classes.length * rows * columns).fill(Number.NaN) };
  }
  const size = workable(card, tile);
  // In one order whatever order they came in: sums of floats depend on it.
  const inOrder = [...dates].sort((a, b) => a.day - b.day);
  const embedding = await attend(card, backend, inOrder, size.rows * size.columns, signal);
  const map = { data: embedding, shape: [size.rows, size.columns, card.input.featureChannels] };
  const expected = [1, card.classes.length, size.rows, size.columns];
  await breathe();
  const logits = await runStage(backend, 'decoder', { embedding: map }, expected, signal);
  return { rows, columns, logits: cropPlanes(logits, rows, columns) };
}

function workable(card: ModelCard, { rows, columns }: TileSize): TileSize {
  const { sizeMultiple } = card.input;
  return { rows: workableSize(rows, sizeMultiple), columns: workableSize(columns, sizeMultiple) };
}

/** Features [dates] of [pixels, channels] -> embedding [pixels, channels]. */
async function attend(
  card: ModelCard,
  backend: Backend,
  dates: readonly DateFeatures[],
  pixels: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  const channels = card.input.featureChannels;
  const days = { data: Float32Array.from(dates, ({ day }) => day), shape: [dates.length] };
  const most = Math.min(pixels, Math.max(LEAST_STRIP_PIXELS, Math.floor(STRIP_PIXEL_DATES / dates.length)));
  const embedding = new Float32Array(pixels * channels);
  const strip = new Float32Array(dates.length * most * channels);
  for (let start = 0; start < pixels; start += most) {
    await breathe();
    const count = Math.min(most, pixels - start);
    const length = count * channels;
    dates.forEach(({ values }, date) => unpack(strip, date * length, values, start * channels, length));
    const features = { data: strip.subarray(0, dates.length * length), shape: [dates.length, count, channels] };
    const output = await runStage(backend, 'attention', { features, days }, [count, channels], signal);
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
