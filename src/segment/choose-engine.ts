import { CropError, isAbort } from '../errors';
import { type BackendCandidate, type Variant, variantsOf } from './candidates';
import { createEngine } from './engine';
import { type CheckedCard, loadFiles, type LoadOptions } from './load';
import { timeEncoder } from './self-benchmark';
import type { EncoderTime } from './port-types';
import type { Backend, Engine, LoadedModel } from './types';

/**
 * How many times as fast as what it takes the place of a way must encode on this very device to be used: less is within
 * what another load of the device makes of it, and what it takes the place of has been tried on more of them.
 */
const LEAST_GAIN = 1.3;

export interface ChosenEngine {
  readonly engine: Engine;
  readonly variant: string;
  /** Sentences for people: what was tried and not trusted. */
  readonly notices: readonly string[];
  /** All ways that were timed, the fastest first. */
  readonly times: readonly EncoderTime[];
}

interface Tried {
  readonly variant: Variant;
  readonly model: LoadedModel;
  /** Milliseconds of one date; what was not timed counts as it is listed. */
  readonly milliseconds: number;
}

/**
 * The fastest way to run a model here that gives its golden answer: all ways are timed with one date, the fastest is
 * checked first, and one that fails gives way to the next, with a notice. A way that is to take the place of another is
 * passed over where it is not clearly faster.
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
  const fastest = createKeeper();
  try {
    for (const variant of variants) {
      const model = await loadFiles(modelUrl, checked, { ...options, precision: variant.precision });
      // With one way there is nothing to choose, and its first run comes soon enough.
      const milliseconds =
        variants.length === 1
          ? 0
          : await timed(variant, model, fastest, signal).catch((error: unknown) => refuse(variant, error));
      if (typeof milliseconds === 'number') tried.push({ variant, model, milliseconds });
    }
    tried.sort((a, b) => a.milliseconds - b.milliseconds);
    const times =
      variants.length === 1 ? [] : tried.map(({ variant, milliseconds }) => ({ variant: variant.id, milliseconds }));
    for (const { variant, model } of tried.filter((one) => isWorthIt(one, tried))) {
      try {
        const backend = fastest.take(variant) ?? (await variant.candidate.create(model, signal));
        if (backend === null) continue;
        return { engine: await createEngine(model, backend, signal), variant: variant.id, notices, times };
      } catch (error) {
        refuse(variant, error);
      }
    }
    throw last ?? new CropError('segment/no-backend', { preference: preferenceOf(candidates, avoid) });
  } finally {
    await fastest.dispose();
  }
}

/** Whether a way that is to take the place of another is clearly faster; where that one does not work, it is not. */
function isWorthIt({ variant, milliseconds }: Tried, tried: readonly Tried[]): boolean {
  const { insteadOf } = variant.candidate;
  if (insteadOf === undefined) return true;
  const others = tried.filter((other) => other.variant.candidate.name === insteadOf);
  return others.length > 0 && others.every((other) => milliseconds * LEAST_GAIN <= other.milliseconds);
}

/**
 * Milliseconds of one date in each of the lanes; null where the candidate is not made for the model. The backend of the
 * fastest way so far stays with `fastest`.
 */
async function timed(
  variant: Variant,
  model: LoadedModel,
  fastest: Keeper,
  signal: AbortSignal,
): Promise<number | null> {
  const backend = await variant.candidate.create(model, signal);
  if (backend === null) return null;
  const milliseconds = await timeEncoder(model, backend, signal).catch(async (error: unknown) => {
    await backend.dispose();
    throw error;
  });
  await fastest.offer({ variant, backend, milliseconds });
  return milliseconds;
}

interface Kept {
  readonly variant: Variant;
  readonly backend: Backend;
  readonly milliseconds: number;
}

/** Holds on to the fastest backend that it is offered, since starting it once more takes longer than timing it. */
interface Keeper {
  /** Takes a backend over: keeps or disposes of it. */
  offer(one: Kept): Promise<void>;
  /** The backend of a variant, which is the caller's from here on; null where another one is kept. */
  take(variant: Variant): Backend | null;
  dispose(): Promise<void>;
}

function createKeeper(): Keeper {
  let kept: Kept | null = null;
  return {
    async offer(one) {
      const slower = kept !== null && kept.milliseconds <= one.milliseconds ? one : kept;
      if (slower !== one) kept = one;
      await slower?.backend.dispose();
    },
    take(variant) {
      if (kept?.variant !== variant) return null;
      const { backend } = kept;
      kept = null;
      return backend;
    },
    async dispose() {
      await kept?.backend.dispose();
      kept = null;
    },
  };
}

function preferenceOf(candidates: readonly BackendCandidate[], avoid: readonly string[]): string {
  const wanted = candidates.map(({ name }) => name).join(', ');
  return avoid.length === 0 ? wanted : `${wanted} but not ${avoid.join(', ')}`;
}
