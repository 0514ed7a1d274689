import type { LoadedModel } from '../types';
import { type AggregatePlan, planAggregate } from './plan-aggregate';
import { type AttentionPlan, planAttention } from './plan-attention';
import { planPictures, type StagePlan } from './plan-pictures';

export type StageFiles = LoadedModel['stages'];

/** What our own kernels do of a network; null for what is left to the runtime. */
export interface KernelPlans {
  /** The whole of it, or its beginning. */
  readonly encoder: StagePlan;
  readonly attention: AttentionPlan | null;
  readonly decoder: StagePlan | null;
  /** Whether maps go from the encoder through the sum to the decoder without the runtime. */
  readonly ownMaps: boolean;
}

/** Null where the kernels do not even begin the encoder: then there is nothing to be won. */
export function planStages(files: StageFiles): KernelPlans | null {
  const encoder = files.encoder === undefined ? null : planPictures(files.encoder);
  if (encoder === null) return null;
  const attention = files.attention === undefined ? null : planAttention(files.attention);
  const begun = files.decoder === undefined ? null : planPictures(files.decoder);
  // The beginning alone would cost the other maps the way to the runtime.
  const decoder = begun?.rest === null ? begun : null;
  const added = files.aggregate === undefined ? null : planAggregate(files.aggregate);
  const ownMaps = encoder.rest === null && decoder !== null && added !== null && hasMaps(encoder, decoder, added);
  // The kernels divide sums where they have added them up.
  const divides = decoder !== null && decoder.divided.length > 0 && !ownMaps;
  return { encoder, attention, decoder: divides ? null : decoder, ownMaps };
}

/**
 * Whether an encoder gives the maps that are added up, in whole groups of channels for each head, and the decoder takes
 * the sums as they are handed on.
 */
function hasMaps(
  { outputs, channels }: StagePlan,
  { divided }: StagePlan,
  { heads, levels, masks }: AggregatePlan,
): boolean {
  if (divided.length !== (masks ? levels : 0)) return false;
  const maps = outputs.filter(({ name }) => name !== 'features');
  const isMap = (level: number): boolean =>
    maps.some(({ name, picture }) => name === `skip${level}` && channels.get(picture)! % heads === 0);
  return maps.length === levels && Array.from({ length: levels }, (_, level) => level).every(isMap);
}
