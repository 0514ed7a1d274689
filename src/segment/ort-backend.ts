import type * as Ort from 'onnxruntime-web/wasm';
import { CropError } from '../errors';
import { stageError } from './ort-errors';
import { createSerialQueue } from './serial';
import type { Backend, BackendName, LoadedModel, StageName, Tensors } from './types';

/** What onnxruntime-web and onnxruntime-node have in common. */
export type OrtRuntime = Pick<typeof Ort, 'InferenceSession' | 'Tensor'>;

export interface OrtBackendParts {
  readonly name: BackendName;
  readonly description: string;
  readonly runtime: OrtRuntime;
  readonly sessionOptions: Ort.InferenceSession.SessionOptions;
  readonly model: LoadedModel;
}

/** Only errors: at its default level the runtime writes harmless notes about graph clean-up to the console. */
const LOG_ERRORS_ONLY = 3;

// One for the whole thread: a runtime in WASM takes one create or run at a time, whichever backend it comes from.
const enqueue = createSerialQueue();

/**
 * A backend over an ONNX Runtime. Sessions are created at the first run of their stage, and the stage's bytes are
 * dropped then. Runs queue up; a queued run whose signal has been aborted never starts.
 */
export function createOrtBackend({ name, description, runtime, sessionOptions, model }: OrtBackendParts): Backend {
  const graphs = new Map(Object.entries(model.stages) as [StageName, Uint8Array<ArrayBuffer>][]);
  const sessions = new Map<StageName, Ort.InferenceSession>();

  async function open(stage: StageName): Promise<Ort.InferenceSession> {
    const known = sessions.get(stage);
    if (known !== undefined) return known;
    const graph = graphs.get(stage);
    if (graph === undefined) throw new CropError('segment/not-loaded');
    const session = await runtime.InferenceSession.create(graph, {
      logSeverityLevel: LOG_ERRORS_ONLY,
      ...sessionOptions,
    });
    graphs.delete(stage);
    sessions.set(stage, session);
    return session;
  }

  async function runOnce(stage: StageName, inputs: Tensors): Promise<Tensors> {
    const session = await open(stage);
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([key, { data, shape }]) => [key, new runtime.Tensor('float32', data, shape)]),
    );
    const outputs = Object.entries(await session.run(feeds));
    return Object.fromEntries(
      outputs.map(([key, { data, dims }]) => [key, { data: data as Float32Array, shape: dims }]),
    );
  }

  return {
    name,
    description,
    run: (stage, inputs, signal) =>
      enqueue(async () => {
        signal.throwIfAborted();
        try {
          return await runOnce(stage, inputs);
        } catch (error) {
          throw stageError(stage, error);
        }
      }),
    dispose: () =>
      enqueue(async () => {
        const open = [...sessions.values()];
        sessions.clear();
        graphs.clear();
        for (const session of open) await session.release();
      }),
  };
}
