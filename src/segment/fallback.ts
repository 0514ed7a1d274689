import { CropError, isCropError } from '../errors';
import type { SeriesTile } from '../series';
import type { ReadyEngine, SegmentPort } from './port-types';

/** A segment port that goes on when its backend gives up. */
export interface SteadySegmentPort extends SegmentPort {
  /** As `encode`, but false where the backend gave up: the next one is ready, without the features kept so far. */
  encodeSteadily(name: string, tile: SeriesTile, signal: AbortSignal): Promise<boolean>;
  /** Sentences for people: what gave up in the middle, and what went on in its place. */
  notices(): readonly string[];
}

/** What says that a way of running networks has come to its end on this machine, and another may do. */
function gaveUp(error: unknown): error is CropError {
  return (
    isCropError(error, 'segment/out-of-memory') ||
    isCropError(error, 'segment/runtime-failed') ||
    isCropError(error, 'segment/device-lost') ||
    isCropError(error, 'workers/failed')
  );
}

/**
 * A port that changes to the next way to run the model when one gives up in the middle of a job. Finished tiles lie with
 * the caller; `run` does the tile at work again. Features go with the backend that made them: after a change `decode`
 * rejects with `segment/features-lost` until `forget`, and the caller runs the tile whole.
 * Where no way is left, the failure itself is thrown.
 */
export function withFallback(port: SegmentPort): SteadySegmentPort {
  const notices: string[] = [];
  const avoid: string[] = [];
  let ready: ReadyEngine | null = null;
  let modelUrl = '';
  let lost = false;
  let changedFrom: ReadyEngine | null = null;
  let changing: Promise<void> = Promise.resolve();

  const load: SegmentPort['load'] = async (url, signal, onProgress, avoided = []) => {
    ready = await port.load(url, signal, onProgress, [...avoid, ...avoided]);
    modelUrl = url;
    return ready;
  };

  /** Loads the model in another way than `before`, which failed with `error`. */
  async function change(before: ReadyEngine, error: CropError, signal: AbortSignal): Promise<void> {
    avoid.push(before.variant);
    lost = true;
    const after = await load(modelUrl, signal, () => undefined).catch((cause: unknown) => {
      throw isCropError(cause, 'segment/no-backend') ? error : cause;
    });
    const reason = error.message.replace(/\.$/, '');
    notices.push(`${before.golden.description} gave up (${reason}); the rest ran on ${after.golden.description}.`);
  }

  /** The work's answer; undefined where the backend gave up and another took its place. */
  async function attempt<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    await changing;
    const used = ready;
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!gaveUp(error) || used === null) throw error;
      // Several calls may fail with one backend: the first of them changes it for all.
      if (changedFrom !== used) {
        changedFrom = used;
        changing = change(used, error, signal);
      }
      await changing;
      return undefined;
    }
  }

  return {
    ...port,
    load,
    async run(tile, signal, onDate, options) {
      for (;;) {
        // A worker takes the pixels away for good: it gets copies, so that the tile can be run again.
        const copy = {
          ...tile,
          pixels: tile.pixels.map((date) => date.slice()),
          ...(tile.valid && { valid: tile.valid.map((date) => date?.slice() ?? null) }),
        };
        const scores = await attempt(signal, () => port.run(copy, signal, onDate, options));
        if (scores !== undefined) return scores;
      }
    },
    encodeSteadily: async (name, tile, signal) =>
      !lost && (await attempt(signal, () => port.encode(name, tile, signal))) !== undefined,
    async decode(name, size, signal, dateSubsets) {
      const scores = lost ? undefined : await attempt(signal, () => port.decode(name, size, signal, dateSubsets));
      if (scores === undefined) throw new CropError('segment/features-lost');
      return scores;
    },
    async recall(features, size, signal, dateSubsets) {
      for (;;) {
        const scores = await attempt(signal, () => port.recall(features, size, signal, dateSubsets));
        if (scores !== undefined) return scores;
      }
    },
    async forget(name) {
      if (name === undefined) lost = false;
      await port.forget(name);
    },
    notices: () => notices,
  };
}
