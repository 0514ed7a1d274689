import { CropError } from '../errors';
import { attendHeld, type HeldDate } from './attend-held';
import { usesMask } from './card-rules';
import { carriedSums, emptySum, levelsOf } from './carried-sums';
import { featureBytes, packTensor, unpack } from './pack';
import type { HeldFeatures, HeldTensor, ResidentStages } from './resident-types';
import type { DateFeatures, FloatTensor, ModelCard, PackedTensor, TileSize } from './types';
import { validityTensor } from './validity';

export function isHeld(features: DateFeatures | HeldFeatures): features is HeldFeatures {
  return 'held' in features;
}

/** Features as they are kept in memory and in the store; those that are held stay so. */
export async function packHeld(
  features: DateFeatures | HeldFeatures,
  resident: ResidentStages | undefined,
): Promise<DateFeatures> {
  if (!isHeld(features)) return features;
  if (resident === undefined) throw new CropError('segment/features-lost');
  const { rows, columns, day, held, valid } = features;
  const tensors: Record<string, PackedTensor> = {};
  for (const [name, tensor] of Object.entries(held)) tensors[name] = packTensor(await resident.read(tensor));
  return { rows, columns, day, tensors, valid };
}

/** Bytes that features take where they are. */
export function bytesOfFeatures(features: DateFeatures | HeldFeatures): number {
  if (!isHeld(features)) return featureBytes(features);
  const values = Object.values(features.held).map(({ shape }) => shape.reduce((size, length) => size * length, 1));
  const valid = features.valid?.byteLength ?? 0;
  return values.reduce((sum, count) => sum + count * Float32Array.BYTES_PER_ELEMENT, valid);
}

/** Gives back what is held, or the memory of what is not; the features are no more. */
export function releaseFeatures(features: DateFeatures | HeldFeatures): void {
  if (isHeld(features)) for (const tensor of Object.values(features.held)) tensor.dispose();
  else features.release?.();
}

/**
 * All dates through the attention, then the decoder, without a tensor that leaves the backend in between.
 * @returns the decoder's output `logits`; undefined where it has none
 */
export async function decodeHeld(
  resident: ResidentStages,
  dates: readonly (DateFeatures | HeldFeatures)[],
  card: ModelCard,
  tile: TileSize,
  signal: AbortSignal,
): Promise<FloatTensor | undefined> {
  const owned: HeldTensor[] = [];
  const own = <T extends HeldTensor>(tensor: T): T => {
    owned.push(tensor);
    return tensor;
  };
  try {
    const held = dates.map((date) => ({
      ...{ day: date.day, valid: date.valid },
      tensors: isHeld(date) ? date.held : brought(date),
    }));
    const found = await attendHeld(resident, held, card, tile, own, signal);
    const totals = found.weights === null ? {} : await addUp(held, found.weights);
    const embedding = found.embedding === null ? {} : { embedding: found.embedding };
    const outputs = await resident.run('decoder', { ...embedding, ...totals }, signal);
    Object.values(outputs).forEach(own);
    return outputs['logits'] && (await resident.read(outputs['logits']));
  } finally {
    for (const tensor of owned) tensor.dispose();
  }

  function brought({ tensors }: DateFeatures): Readonly<Record<string, HeldTensor>> {
    const entries = Object.entries(tensors).map(([name, packed]) => {
      const data = new Float32Array(packed.steps.length);
      unpack(data, 0, packed, 0, data.length);
      return [name, own(resident.hold({ data, shape: packed.shape }))] as const;
    });
    return Object.fromEntries(entries);
  }

  /** The dates' maps with the attention's weights, one date after the other, as `aggregate` does. */
  async function addUp(
    held: readonly HeldDate[],
    weights: readonly HeldTensor[],
  ): Promise<Readonly<Record<string, HeldTensor>>> {
    const masks = usesMask(card);
    const carried = carriedSums(held[0]!.tensors, weights[0]!.shape[1] ?? 1, masks);
    let sums: Record<string, FloatTensor | HeldTensor> = Object.fromEntries(
      carried.map(({ input, shape }) => [input, emptySum(shape)]),
    );
    let totals: Readonly<Record<string, HeldTensor>> = {};
    for (const [at, { tensors, valid }] of held.entries()) {
      const skips = Object.fromEntries(levelsOf(tensors).map((level) => [`skip${level}`, tensors[`skip${level}`]!]));
      const mask = masks ? { valid: validityTensor(valid, [1, 1, tile.rows, tile.columns]) } : {};
      totals = await resident.run('aggregate', { weights: weights[at]!, ...mask, ...skips, ...sums }, signal);
      Object.values(totals).forEach(own);
      sums = Object.fromEntries(carried.map(({ input, output }) => [input, totals[output]!]));
    }
    return totals;
  }
}
