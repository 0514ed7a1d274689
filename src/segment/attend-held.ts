import { usesMask } from './card-rules';
import type { HeldPart, HeldTensor, ResidentStages } from './resident-types';
import type { ModelCard, TileSize } from './types';
import { coarserValidity, type Validity, validityStrip, validityTensor } from './validity';

/** An encoded date whose tensors are all held. */
export interface HeldDate {
  readonly day: number;
  readonly tensors: Readonly<Record<string, HeldTensor>>;
  readonly valid: Validity;
}

/** As `Attended`, held. */
export interface AttendedHeld {
  readonly embedding: HeldTensor | null;
  readonly weights: readonly HeldTensor[] | null;
}

/**
 * Values of a strip that the attention's graph makes of each of its features, at most: it has tensors of its own, which
 * must fit into a buffer too.
 */
const GRAPH_GROWTH = 2;

/**
 * The attention over all dates. One run takes all pixels where their features fit into one buffer of the backend;
 * otherwise strips do.
 * @param own takes over every tensor that is made, whatever happens then
 */
export async function attendHeld(
  resident: ResidentStages,
  dates: readonly HeldDate[],
  card: ModelCard,
  tile: TileSize,
  own: (tensor: HeldTensor) => HeldTensor,
  signal: AbortSignal,
): Promise<AttendedHeld> {
  const channels = card.input.featureChannels;
  const perDate = dates.map(({ tensors }) => tensors['features']!);
  const pixels = perDate[0]!.shape.reduce((size, length) => size * length, 1) / channels;
  const scale = Math.round(Math.sqrt((tile.rows * tile.columns) / pixels));
  const size = [tile.rows / scale, tile.columns / scale];
  const valid = dates.map((date) => coarserValidity(date.valid, tile, scale));
  const days = { data: Float32Array.from(dates, ({ day }) => day), shape: [dates.length] };
  const fits = Math.floor(resident.mostValues() / GRAPH_GROWTH / (dates.length * channels));
  const most = Math.min(pixels, Math.max(1, fits));
  const embeddings: HeldPart[] = [];
  const shares: { readonly tensor: HeldTensor; readonly count: number; readonly heads: number }[] = [];

  for (let start = 0; start < pixels; start += most) {
    const count = Math.min(most, pixels - start);
    const parts = perDate.map((tensor) => ({ tensor, from: start * channels, count: count * channels }));
    const strip = resident.join(parts, [dates.length, count, channels]);
    const mask = usesMask(card)
      ? { valid: validityTensor(validityStrip(valid, start, count), [dates.length, count]) }
      : {};
    const inputs = { features: strip, days, ...mask };
    const outputs = await resident.run('attention', inputs, signal).finally(() => strip.dispose());
    Object.values(outputs).forEach(own);
    const { embedding, weights } = outputs;
    if (embedding !== undefined) embeddings.push({ tensor: embedding, from: 0, count: count * embedding.shape[1]! });
    if (weights !== undefined) shares.push({ tensor: weights, count, heads: weights.shape[1]! });
  }

  const width = embeddings[0]?.tensor.shape[1];
  const heads = shares[0]?.heads;
  return {
    embedding: width === undefined ? null : own(resident.join(embeddings, [...size, width])),
    weights:
      heads === undefined
        ? null
        : dates.map((_, date) => own(resident.join(weightsOf(date, heads), [1, heads, ...size]))),
  };

  /** Of one date, head after head, the pixels of all strips. */
  function weightsOf(date: number, of: number): HeldPart[] {
    return Array.from({ length: of }, (_, head) =>
      shares.map(({ tensor, count }) => ({ tensor, from: (date * of + head) * count, count })),
    ).flat();
  }
}
