import { CropError } from '../errors';
import type { Transport } from '../net';
import type { ContentStore } from '../store';
import { createEngine } from './engine';
import { loadModel } from './load';
import type { Backend, Engine, LoadedModel, SegmentPort } from './types';

export interface SegmentPortParts {
  readonly transport: Transport;
  /** Model files of earlier runs. */
  readonly files?: ContentStore;
  readonly createBackend: (model: LoadedModel, signal: AbortSignal) => Promise<Backend>;
}

interface Loaded {
  readonly modelUrl: string;
  readonly engine: Engine;
  readonly cardSha256: string;
}

/**
 * A model and its engine behind the interface that jobs use. `load` of the model at hand is answered without a
 * request; `load` of another one frees the first. `run` before `load` rejects with `segment/not-loaded`.
 */
export function createSegmentPort({ transport, files, createBackend }: SegmentPortParts): SegmentPort {
  let loaded: Loaded | null = null;

  async function free(): Promise<void> {
    const engine = loaded?.engine;
    loaded = null;
    await engine?.dispose();
  }

  async function start(
    modelUrl: string,
    signal: AbortSignal,
    onProgress: (bytes: number, total: number) => void,
  ): Promise<Loaded> {
    await free();
    const model = await loadModel(modelUrl, { transport, signal, onProgress, ...(files ? { files } : {}) });
    const engine = await createEngine(model, await createBackend(model, signal), signal);
    loaded = { modelUrl, engine, cardSha256: model.cardSha256 };
    return loaded;
  }

  return {
    async load(modelUrl, signal, onProgress) {
      signal.throwIfAborted();
      const { engine, cardSha256 } = loaded?.modelUrl === modelUrl ? loaded : await start(modelUrl, signal, onProgress);
      return { card: engine.card, cardSha256, golden: engine.golden };
    },
    async run(tile, signal, onDate) {
      if (loaded === null) throw new CropError('segment/not-loaded');
      return loaded.engine.segmentTile(tile, signal, onDate);
    },
    traffic: () => Promise.resolve(transport.traffic()),
    dispose: free,
  };
}
