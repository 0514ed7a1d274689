import { attend } from './attend';
import { aggregate } from './aggregate';
import { breathe } from './breathe';
import { usesMask } from './card-rules';
import { packTensor } from './pack';
import { cropPlanes, reflectPlanes, workableSize } from './reflect';
import { decodeHeld, isHeld, releaseFeatures } from './resident';
import type { HeldFeatures } from './resident-types';
import { runStage, takeOutput } from './run-stage';
import type {
  Backend,
  DateFeatures,
  FloatTensor,
  ModelCard,
  PackedTensor,
  Tensors,
  TileScores,
  TileSize,
} from './types';
import { maskPixels, takeValidity, type Validity, validityTensor } from './validity';

/**
 * One date of a tile through the encoder. Null where the normalised values are all exactly 0: that is padding by the
 * definition of the network's authors (never padded: the attention normalises over all dates it is given).
 *
 * Sizes that are no multiple of the card's `sizeMultiple`, or less than two of it, are reflected up and cropped at the
 * end.
 */
export async function encodeDate(
  card: ModelCard,
  backend: Backend,
  pixels: Float32Array<ArrayBuffer>,
  tile: TileSize,
  day: number,
  signal: AbortSignal,
  ofPixels: Validity = null,
): Promise<DateFeatures | HeldFeatures | null> {
  if (!pixels.some((value) => value !== 0)) return null;
  await breathe();
  const masks = usesMask(card);
  const size = workable(card, tile);
  const valid = masks ? takeValidity(ofPixels, tile, size) : null;
  const grown = reflectPlanes(pixels, tile, size);
  const input = {
    data: valid === null ? grown : maskPixels(grown, valid),
    shape: [1, card.input.bands.length, size.rows, size.columns],
  };
  if (backend.resident !== undefined) {
    const mask = masks ? { valid: validityTensor(valid, [1, 1, size.rows, size.columns]) } : {};
    const held = await backend.resident.run('encoder', { pixels: input, ...mask }, signal);
    const features = { rows: tile.rows, columns: tile.columns, day, held, valid };
    try {
      takeFeatures(held, card);
    } catch (error) {
      releaseFeatures(features);
      throw error;
    }
    return features;
  }
  const tensors = await encodePixels(card, backend, input, valid, signal);
  let take = backend.packed?.release;
  const release = (): void => {
    take?.(Object.values(tensors));
    // Memory is handed on once, however often it is let go.
    take = undefined;
  };
  return { rows: tile.rows, columns: tile.columns, day, tensors, valid, release };
}

/**
 * All dates through the attention, then the decoder. Logits are NaN everywhere without dates.
 *
 * Networks differ in what their attention hands on: a map of vectors (`embedding`), the weights of the dates
 * (`weights`), with which the dates' own maps (`skip0`, ...) are added up, or both. The decoder takes all that there is.
 */
export async function decodeDates(
  card: ModelCard,
  backend: Backend,
  dates: readonly (DateFeatures | HeldFeatures)[],
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
  const outputs = await decoded(card, backend, inOrder, size, signal);
  const expected = [1, card.classes.length, size.rows, size.columns];
  return { rows, columns, logits: cropPlanes(takeOutput(outputs, 'decoder', 'logits', expected), rows, columns) };
}

/** Holds the features to their shape; how many pixels they have is the network's. */
function takeFeatures(outputs: Readonly<Record<string, { readonly shape: readonly number[] }>>, card: ModelCard): void {
  const pixels = outputs['features']?.shape[0] ?? 1;
  takeOutput(outputs, 'encoder', 'features', [pixels, card.input.featureChannels]);
}

/** The decoder's outputs. */
async function decoded(
  card: ModelCard,
  backend: Backend,
  dates: readonly (DateFeatures | HeldFeatures)[],
  size: TileSize,
  signal: AbortSignal,
): Promise<Tensors> {
  if (backend.resident !== undefined) {
    const logits = await decodeHeld(backend.resident, dates, card, size, signal);
    return logits === undefined ? {} : { logits };
  }
  // Only a backend that holds tensors hands any out.
  const inMemory = dates.filter((date): date is DateFeatures => !isHeld(date));
  const found = await attend(card, backend, inMemory, size, signal);
  const maps = found.weights === null ? {} : await aggregate(card, backend, inMemory, found.weights, size, signal);
  const embedding = found.embedding === null ? {} : { embedding: found.embedding };
  await breathe();
  return runStage(backend, 'decoder', { ...embedding, ...maps }, signal);
}

/** The encoder's outputs, packed by the backend where it can. */
async function encodePixels(
  card: ModelCard,
  backend: Backend,
  pixels: FloatTensor,
  valid: Validity,
  signal: AbortSignal,
): Promise<Readonly<Record<string, PackedTensor>>> {
  if (backend.packed?.encode !== undefined) {
    const tensors = await backend.packed.encode(pixels, valid, signal);
    signal.throwIfAborted();
    return tensors;
  }
  const [, , rows = 0, columns = 0] = pixels.shape;
  const mask = usesMask(card) ? { valid: validityTensor(valid, [1, 1, rows, columns]) } : {};
  const outputs = await runStage(backend, 'encoder', { pixels, ...mask }, signal);
  takeFeatures(outputs, card);
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, packTensor(tensor)]));
}

function workable(card: ModelCard, { rows, columns }: TileSize): TileSize {
  const { sizeMultiple } = card.input;
  return { rows: workableSize(rows, sizeMultiple), columns: workableSize(columns, sizeMultiple) };
}
