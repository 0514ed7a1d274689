import { CropError } from '../errors';
import type { Transport } from '../net';
import type { ContentStore } from '../store';
import type { BackendCandidate } from './candidates';
import { chooseEngine, type ChosenEngine } from './choose-engine';
import { subsetsFor } from './date-subsets';
import { type EncodedDate, encodeOnce, type OnceEncoder } from './encode-once';
import type { FeatureStore } from './feature-store';
import { inLanes } from './in-lanes';
import { loadCard } from './load';
import type { ReadyEngine, SegmentPort, TileRun } from './port-types';
import { bytesOfFeatures, releaseFeatures } from './resident';
import type { TileSize } from './types';

export interface SegmentPortParts {
  readonly transport: Transport;
  /** Model files of earlier runs. */
  readonly files?: ContentStore;
  /** Encoded dates of earlier runs. */
  readonly features?: FeatureStore;
  /** The most wanted first. */
  readonly candidates: readonly BackendCandidate[];
}

interface Loaded {
  readonly modelUrl: string;
  readonly chosen: ChosenEngine;
  readonly cardSha256: string;
  readonly encoder: OnceEncoder;
}

/**
 * A model and its engine behind the interface that jobs use. `load` of the model at hand is answered without a
 * request; `load` of another one, or one that is to avoid how it runs, frees the first with all its features.
 * Everything else before `load` rejects with `segment/not-loaded`.
 */
export function createSegmentPort({ transport, files, features: store, candidates }: SegmentPortParts): SegmentPort {
  let loaded: Loaded | null = null;
  const kept = new Map<string, EncodedDate[]>();

  function current(): Loaded {
    if (loaded === null) throw new CropError('segment/not-loaded');
    return loaded;
  }

  function drop(name: string): void {
    for (const { features } of kept.get(name) ?? []) releaseFeatures(features);
    kept.delete(name);
  }

  async function free(): Promise<void> {
    const engine = loaded?.chosen.engine;
    loaded = null;
    for (const name of [...kept.keys()]) drop(name);
    await engine?.dispose();
  }

  async function start(
    modelUrl: string,
    signal: AbortSignal,
    onProgress: (bytes: number, total: number) => void,
    avoid: readonly string[],
  ): Promise<Loaded> {
    await free();
    const options = { transport, signal, onProgress, ...(files ? { files } : {}) };
    const checked = await loadCard(modelUrl, options);
    const chosen = await chooseEngine(modelUrl, checked, candidates, avoid, options);
    const { cardSha256 } = checked;
    const encoder = encodeOnce(chosen.engine, { cardSha256, variant: chosen.variant }, store ?? null);
    loaded = { modelUrl, chosen, cardSha256, encoder };
    return loaded;
  }

  function isAtHand(modelUrl: string, avoid: readonly string[]): boolean {
    return loaded !== null && loaded.modelUrl === modelUrl && !avoid.includes(loaded.chosen.variant);
  }

  async function scoresOf(
    dates: readonly EncodedDate[],
    size: TileSize,
    wanted: number | undefined,
    signal: AbortSignal,
  ): Promise<TileRun> {
    const { engine } = current().chosen;
    const dateSubsets = subsetsFor(engine.card, dates.length, wanted);
    const scores = await engine.decode(
      dates.map((date) => date.features),
      size,
      signal,
      dateSubsets,
    );
    const refs = dates.flatMap(({ ref }) => ref ?? []);
    return { ...scores, features: refs.sort((a, b) => a.day - b.day), dateSubsets };
  }

  return {
    async load(modelUrl, signal, onProgress, avoid = []) {
      signal.throwIfAborted();
      const ready = isAtHand(modelUrl, avoid) ? current() : await start(modelUrl, signal, onProgress, avoid);
      return describe(ready);
    },
    async run(tile, signal, onDate, { keep = true, dateSubsets } = {}) {
      const { chosen, encoder } = current();
      const total = tile.pixels.length;
      const dates: EncodedDate[] = [];
      let done = 0;
      try {
        await inLanes(total, chosen.engine.lanes, async (at) => {
          const date = await encoder.encode(tile.pixels[at]!, tile, tile.days[at]!, keep, signal, tile.valid?.[at]);
          if (date !== null) dates.push(date);
          onDate((done += 1), total);
        });
        return await scoresOf(dates, tile, dateSubsets, signal);
      } finally {
        for (const { features } of dates) releaseFeatures(features);
      }
    },
    async encode(name, tile, signal) {
      const { encoder } = current();
      for (const [at, pixels] of tile.pixels.entries()) {
        const date = await encoder.encode(pixels, tile, tile.days[at]!, true, signal, tile.valid?.[at]);
        if (date !== null) kept.set(name, [...(kept.get(name) ?? []), date]);
      }
      return bytesOf(kept);
    },
    decode: async (name, size, signal, dateSubsets) => scoresOf(kept.get(name) ?? [], size, dateSubsets, signal),
    async recall(refs, size, signal, dateSubsets) {
      const { encoder } = current();
      const dates: EncodedDate[] = [];
      for (const ref of refs) dates.push({ features: await encoder.recall(ref, signal), ref });
      return scoresOf(dates, size, dateSubsets, signal);
    },
    async encodings() {
      await store?.settled();
      return current().encoder.tally();
    },
    async forget(name) {
      for (const one of name === undefined ? [...kept.keys()] : [name]) drop(one);
    },
    traffic: () => Promise.resolve(transport.traffic()),
    dispose: free,
  };
}

function describe({ chosen, cardSha256 }: Loaded): ReadyEngine {
  const { engine, variant, notices, times } = chosen;
  const { card, golden, bytesPerPixelDate } = engine;
  return { card, cardSha256, golden, bytesPerPixelDate, variant, notices, times };
}

function bytesOf(kept: ReadonlyMap<string, readonly EncodedDate[]>): number {
  return [...kept.values()].flat().reduce((sum, { features }) => sum + bytesOfFeatures(features), 0);
}
