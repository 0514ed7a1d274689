import { CropError } from '../errors';
import type { Transport } from '../net';
import type { ContentStore } from '../store';
import type { BackendCandidate } from './candidates';
import { chooseEngine, type ChosenEngine } from './choose-engine';
import { loadCard } from './load';
import { featureBytes } from './pack';
import type { DateFeatures, ReadyEngine, SegmentPort } from './types';

export interface SegmentPortParts {
  readonly transport: Transport;
  /** Model files of earlier runs. */
  readonly files?: ContentStore;
  /** The most wanted first. */
  readonly candidates: readonly BackendCandidate[];
}

interface Loaded {
  readonly modelUrl: string;
  readonly chosen: ChosenEngine;
  readonly cardSha256: string;
}

/**
 * A model and its engine behind the interface that jobs use. `load` of the model at hand is answered without a
 * request; `load` of another one, or one that is to avoid how it runs, frees the first with all its features.
 * Everything else before `load` rejects with `segment/not-loaded`.
 */
export function createSegmentPort({ transport, files, candidates }: SegmentPortParts): SegmentPort {
  let loaded: Loaded | null = null;
  const kept = new Map<string, DateFeatures[]>();

  function current(): Loaded {
    if (loaded === null) throw new CropError('segment/not-loaded');
    return loaded;
  }

  async function free(): Promise<void> {
    const engine = loaded?.chosen.engine;
    loaded = null;
    kept.clear();
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
    loaded = { modelUrl, chosen, cardSha256: checked.cardSha256 };
    return loaded;
  }

  function isAtHand(modelUrl: string, avoid: readonly string[]): boolean {
    return loaded !== null && loaded.modelUrl === modelUrl && !avoid.includes(loaded.chosen.variant);
  }

  return {
    async load(modelUrl, signal, onProgress, avoid = []) {
      signal.throwIfAborted();
      const ready = isAtHand(modelUrl, avoid) ? current() : await start(modelUrl, signal, onProgress, avoid);
      return describe(ready);
    },
    async run(tile, signal, onDate) {
      return current().chosen.engine.segmentTile(tile, signal, onDate);
    },
    async encode(name, tile, signal) {
      const { engine } = current().chosen;
      for (const [at, pixels] of tile.pixels.entries()) {
        const features = await engine.encode(pixels, tile, tile.days[at]!, signal);
        if (features !== null) kept.set(name, [...(kept.get(name) ?? []), features]);
      }
      return bytesOf(kept);
    },
    async decode(name, size, signal) {
      return current().chosen.engine.decode(kept.get(name) ?? [], size, signal);
    },
    async forget(name) {
      if (name === undefined) kept.clear();
      else kept.delete(name);
    },
    traffic: () => Promise.resolve(transport.traffic()),
    dispose: free,
  };
}

function describe({ chosen, cardSha256 }: Loaded): ReadyEngine {
  const { engine, variant, notices } = chosen;
  const { card, golden, bytesPerPixelDate } = engine;
  return { card, cardSha256, golden, bytesPerPixelDate, variant, notices };
}

function bytesOf(kept: ReadonlyMap<string, readonly DateFeatures[]>): number {
  return [...kept.values()].flat().reduce((sum, date) => sum + featureBytes(date), 0);
}
