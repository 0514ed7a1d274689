import { aggregatePacked } from './aggregate-packed';
import { breathe } from './breathe';
import { unpack } from './pack';
import { runStage, takeOutput } from './run-stage';
import type { Backend, DateFeatures, FloatTensor, PackedTensor, Tensors } from './types';

/** Outputs of the encoder that are added up over the dates: `skip0` at full resolution, `skip1` at half of it, ... */
const SKIP = /^skip(\d+)$/;

/**
 * The dates' maps added up with the attention's weights, one date at a time, so that memory does not grow with them.
 * @param weights of each date, [1, heads, rows, columns] of the attended scale
 * @returns `total0`, `total1`, ... for the decoder, in the order of axes of the maps
 */
export async function aggregate(
  backend: Backend,
  dates: readonly DateFeatures[],
  weights: readonly FloatTensor[],
  signal: AbortSignal,
): Promise<Tensors> {
  const levels = Object.keys(dates[0]!.tensors).flatMap((name) => SKIP.exec(name)?.[1] ?? []);
  const addUp = backend.packed?.aggregate;
  if (addUp !== undefined) return aggregatePacked(backend, addUp, dates, weights, levels, signal);
  const shapes = new Map(levels.map((level) => [level, dates[0]!.tensors[`skip${level}`]!.shape]));
  let sums: Tensors = Object.fromEntries(
    [...shapes].map(([level, shape]) => [`sum${level}`, { data: new Float32Array(sizeOf(shape)), shape }]),
  );
  for (const [at, { tensors }] of dates.entries()) {
    await breathe();
    const skips = Object.fromEntries(levels.map((level) => [`skip${level}`, floats(tensors[`skip${level}`]!)]));
    const outputs = await runStage(backend, 'aggregate', { weights: weights[at]!, ...skips, ...sums }, signal);
    sums = Object.fromEntries(
      [...shapes].map(([level, shape]) => [`sum${level}`, takeOutput(outputs, 'aggregate', `total${level}`, shape)]),
    );
  }
  return Object.fromEntries(levels.map((level) => [`total${level}`, sums[`sum${level}`]!]));
}

function floats(packed: PackedTensor): FloatTensor {
  const data = new Float32Array(packed.steps.length);
  unpack(data, 0, packed, 0, data.length);
  return { data, shape: packed.shape };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
