import { breathe } from './breathe';
import { unpack } from './pack';
import { runStage, takeOutput } from './run-stage';
import type { Backend, DateFeatures, FloatTensor, ModelCard, PackedTensor, Tensors, TileSize } from './types';

/**
 * Pixels x dates in one run of the attention stage: 1024 pixels of 30 dates. Larger strips take more of the runtime's
 * heap and are no faster; strips that shrink as the dates grow keep it flat.
 */
const STRIP_PIXEL_DATES = 1024 * 30;

/** A run of fewer pixels than this is mostly overhead. */
const LEAST_STRIP_PIXELS = 64;

export interface Attended {
  /** [rows, columns, channels] of the attended scale; null where the network has none. */
  readonly embedding: FloatTensor | null;
  /** Of each date, [1, heads, rows, columns] of the attended scale; null where the network hands on none. */
  readonly weights: readonly FloatTensor[] | null;
}

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
  const pixels = perDate[0]!.shape[0]!;
  const scale = Math.round(Math.sqrt((tile.rows * tile.columns) / pixels));
  const size = [tile.rows / scale, tile.columns / scale];
  const days = { data: Float32Array.from(dates, ({ day }) => day), shape: [dates.length] };
  const most = Math.min(pixels, Math.max(LEAST_STRIP_PIXELS, Math.floor(STRIP_PIXEL_DATES / dates.length)));
  const strip = new Float32Array(dates.length * most * channels);
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

  for (let start = 0; start < pixels; start += most) {
    await breathe();
    const count = Math.min(most, pixels - start);
    const length = count * channels;
    perDate.forEach((features, date) => unpack(strip, date * length, features, start * channels, length));
    const features = { data: strip.subarray(0, dates.length * length), shape: [dates.length, count, channels] };
    place(await runStage(backend, 'attention', { features, days }, signal), start, count);
  }
  return { embedding, weights };
}
