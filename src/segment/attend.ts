import { breathe } from './breathe';
import { usesMask } from './card-rules';
import { inLanes } from './in-lanes';
import { BLOCK, unpack } from './pack';
import { runStage, takeOutput } from './run-stage';
import type { Backend, DateFeatures, FloatTensor, ModelCard, PackedTensor, Tensors, TileSize } from './types';
import { coarserValidity, type Validity, validityStrip, validityTensor } from './validity';

/**
 * Pixels x dates in one run of the attention stage: 1024 pixels of 30 dates. Larger strips take more of the runtime's
 * heap and are no faster; strips that shrink as the dates grow keep it flat.
 */
const STRIP_PIXEL_DATES = 1024 * 30;

/** Strips are a multiple of so many pixels: they begin where a packed block does, and fewer are mostly overhead. */
const STRIP_MULTIPLE = BLOCK;

export interface Attended {
  /** [rows, columns, channels] of the attended scale; null where the network has none. */
  readonly embedding: FloatTensor | null;
  /** Of each date, [1, heads, rows, columns] of the attended scale; null where the network hands on none. */
  readonly weights: readonly FloatTensor[] | null;
}

/** Runs the stage over the pixels `start` to `start + count`. */
type StripRunner = (start: number, count: number) => Promise<Tensors>;

/**
 * The attention over all dates, in strips of pixels. The attended scale may be coarser than the tile by a power of two;
 * how many pixels the features have tells by how much.
 */
export async function attend(
  card: ModelCard,
  backend: Backend,
  dates: readonly DateFeatures[],
  tile: TileSize,
  signal: AbortSignal,
): Promise<Attended> {
  const channels = card.input.featureChannels;
  const perDate = dates.map(({ tensors }) => tensors['features'] as PackedTensor);
  const pixels = perDate[0]!.steps.length / channels;
  const scale = Math.round(Math.sqrt((tile.rows * tile.columns) / pixels));
  const size = [tile.rows / scale, tile.columns / scale];
  const days = Float32Array.from(dates, ({ day }) => day);
  const strips = Math.max(1, Math.floor(STRIP_PIXEL_DATES / dates.length / STRIP_MULTIPLE));
  const most = Math.min(pixels, strips * STRIP_MULTIPLE);
  const valid = dates.map((date) => coarserValidity(date.valid, tile, scale));
  const runStrip = stripRunner(card, backend, perDate, valid, days, signal);
  let embedding: FloatTensor | null = null;
  let weights: FloatTensor[] | null = null;

  /** Puts what a strip gave where it belongs. */
  function place(outputs: Tensors, start: number, count: number): void {
    const { embedding: vectors, weights: shares } = outputs;
    if (vectors !== undefined || shares === undefined) {
      const width = vectors?.shape[1] ?? channels;
      const { data } = takeOutput(outputs, 'attention', 'embedding', [count, width]);
      embedding ??= { data: new Float32Array(pixels * width), shape: [...size, width] };
      embedding.data.set(data, start * width);
    }
    if (shares !== undefined) {
      const heads = shares.shape[1] ?? 1;
      const { data } = takeOutput(outputs, 'attention', 'weights', [dates.length, heads, count]);
      weights ??= dates.map(() => ({ data: new Float32Array(heads * pixels), shape: [1, heads, ...size] }));
      for (let row = 0; row < dates.length * heads; row += 1) {
        const target = weights[Math.floor(row / heads)]!.data;
        target.set(data.subarray(row * count, (row + 1) * count), (row % heads) * pixels + start);
      }
    }
  }

  await inLanes(
    Math.ceil(pixels / most),
    backend.packed?.attend === undefined ? 1 : (backend.lanes ?? 1),
    async (at) => {
      await breathe();
      const start = at * most;
      const count = Math.min(most, pixels - start);
      place(await runStrip(start, count), start, count);
    },
  );
  return { embedding, weights };
}

/** Packed, where the backend takes that. */
function stripRunner(
  card: ModelCard,
  backend: Backend,
  perDate: readonly PackedTensor[],
  valid: readonly Validity[],
  days: Float32Array,
  signal: AbortSignal,
): StripRunner {
  const channels = card.input.featureChannels;
  const attendPacked = backend.packed?.attend;
  if (attendPacked !== undefined) {
    return async (start, count) => {
      signal.throwIfAborted();
      const part = { tensors: perDate, from: start * channels, count: count * channels };
      const outputs = await attendPacked(part, days, count, validityStrip(valid, start, count), signal);
      signal.throwIfAborted();
      return outputs;
    };
  }
  const dates = perDate.length;
  return (start, count) => {
    const length = count * channels;
    const data = new Float32Array(dates * length);
    perDate.forEach((features, date) => unpack(data, date * length, features, start * channels, length));
    const features = { data, shape: [dates, count, channels] };
    const mask = usesMask(card) ? { valid: validityTensor(validityStrip(valid, start, count), [dates, count]) } : {};
    return runStage(backend, 'attention', { features, days: { data: days, shape: [dates] }, ...mask }, signal);
  };
}
