import { aggregatePacked } from './aggregate-packed';
import { breathe } from './breathe';
import { usesMask } from './card-rules';
import { carriedSums, emptySum, levelsOf } from './carried-sums';
import { unpack } from './pack';
import { runStage, takeOutput } from './run-stage';
import type { Backend, DateFeatures, FloatTensor, ModelCard, PackedTensor, Tensors, TileSize } from './types';
import { validityTensor } from './validity';

/**
 * The dates' maps added up with the attention's weights, one date at a time, so that memory does not grow with them.
 * @param weights of each date, [1, heads, rows, columns] of the attended scale
 * @param tile size at which the dates were encoded
 * @returns `total0`, `total1`, ... for the decoder, in the order of axes of the maps; of a network that masks, and where
 * the backend does not divide by them itself, `weighttotal0`, ... too
 */
export async function aggregate(
  card: ModelCard,
  backend: Backend,
  dates: readonly DateFeatures[],
  weights: readonly FloatTensor[],
  tile: TileSize,
  signal: AbortSignal,
): Promise<Tensors> {
  const first = dates[0]!.tensors;
  const levels = levelsOf(first);
  const addUp = backend.packed?.aggregate;
  if (addUp !== undefined) return aggregatePacked(backend, addUp, dates, weights, tile, signal);
  const masks = usesMask(card);
  const carried = carriedSums(first, weights[0]!.shape[1] ?? 1, masks);
  let totals: Tensors = Object.fromEntries(carried.map(({ output, shape }) => [output, emptySum(shape)]));
  for (const [at, { tensors, valid }] of dates.entries()) {
    await breathe();
    const skips = Object.fromEntries(levels.map((level) => [`skip${level}`, floats(tensors[`skip${level}`]!)]));
    const sums = Object.fromEntries(carried.map(({ input, output }) => [input, totals[output]!]));
    const mask = masks ? { valid: validityTensor(valid, [1, 1, tile.rows, tile.columns]) } : {};
    const inputs = { weights: weights[at]!, ...mask, ...skips, ...sums };
    const outputs = await runStage(backend, 'aggregate', inputs, signal);
    totals = Object.fromEntries(
      carried.map(({ output, shape }) => [output, takeOutput(outputs, 'aggregate', output, shape)]),
    );
  }
  return totals;
}

function floats(packed: PackedTensor): FloatTensor {
  const data = new Float32Array(packed.steps.length);
  unpack(data, 0, packed, 0, data.length);
  return { data, shape: packed.shape };
}
