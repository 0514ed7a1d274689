import { CropError, isAbort } from '../errors';
import { type BackendCandidate, type Variant, variantsOf } from './candidates';
import { createEngine } from './engine';
import { type CheckedCard, loadFiles, type LoadOptions } from './load';
import { timeEncoder } from './self-benchmark';
import type { Engine, LoadedModel } from './types';

export interface ChosenEngine {
  readonly engine: Engine;
  readonly variant: string;
  /** Sentences for people: what was tried and not trusted. */
  readonly notices: readonly string[];
}

interface Tried {
  readonly variant: Variant;
  readonly model: LoadedModel;
  /** Milliseconds of one date; what was not timed counts as it is listed. */
  readonly milliseconds: number;
}

/**
 * The fastest way to run a model here that gives its golden answer: all ways are timed with one date, the fastest is
 * checked first, and one that fails gives way to the next, with a notice.
 * Rejects with `segment/no-backend` where there is none, the last failure where none is left, the errors of loading, or
 * the signal's reason.
 */
export async function chooseEngine(
  modelUrl: string,
  checked: CheckedCard,
  candidates: readonly BackendCandidate[],
  avoid: readonly string[],
  options: LoadOptions,
): Promise<ChosenEngine> {
  const { signal } = options;
  const variants = await variantsOf(checked.card, candidates, avoid);
  if (variants.length === 0) throw new CropError('segment/no-backend', { preference: preferenceOf(candidates, avoid) });
  const notices: string[] = [];
  let last: unknown = null;
  const refuse = (variant: Variant, error: unknown): void => {
    if (signal.aborted || isAbort(error)) throw error;
    last = error;
    notices.push(`Not run on ${variant.id}: ${error instanceof Error ? error.message : String(error)}`);
  };

  const tried: Tried[] = [];
  for (const variant of variants) {
    const model = await loadFiles(modelUrl, checked, { ...options, precision: variant.precision });
    // With one way there is nothing to choose, and its first run comes soon enough.
    const milliseconds =
      variants.length === 1 ? 0 : await timed(variant, model, signal).catch((error: unknown) => refuse(variant, error));
    if (typeof milliseconds === 'number') tried.push({ variant, model, milliseconds });
  }
  tried.sort((a, b) => a.milliseconds - b.milliseconds);
  for (const { variant, model } of tried) {
    try {
      const backend = await variant.candidate.create(model, signal);
      if (backend === null) continue;
      return { engine: await createEngine(model, backend, signal), variant: variant.id, notices };
    } catch (error) {
      refuse(variant, error);
    }
  }
  throw last ?? new CropError('segment/no-backend', { preference: preferenceOf(candidates, avoid) });
}

/** Milliseconds of one date in each of the lanes; null where the candidate is not made for the model. */
async function timed({ candidate }: Variant, model: LoadedModel, signal: AbortSignal): Promise<number | null> {
  const backend = await candidate.create(model, signal);
  if (backend === null) return null;
  try {
    return await timeEncoder(model, backend, signal);
  } finally {
    await backend.dispose();
  }
}

function preferenceOf(candidates: readonly BackendCandidate[], avoid: readonly string[]): string {
  const wanted = candidates.map(({ name }) => name).join(', ');
  return avoid.length === 0 ? wanted : `${wanted} but not ${avoid.join(', ')}`;
}
