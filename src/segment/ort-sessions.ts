import type * as Ort from 'onnxruntime-web/wasm';
import { CropError } from '../errors';
import { stageError } from './ort-errors';
import { createSerialQueue } from './serial';
import type { LoadedModel, StageName } from './types';

/** What onnxruntime-web and onnxruntime-node have in common. */
export type OrtRuntime = Pick<typeof Ort, 'InferenceSession' | 'Tensor'>;

export interface OrtSessionParts {
  readonly runtime: OrtRuntime;
  readonly sessionOptions: Ort.InferenceSession.SessionOptions;
  readonly model: LoadedModel;
}

/** By name. */
export type OrtTensors = Readonly<Record<string, Ort.Tensor>>;

/** The stages of a model in an ONNX Runtime. */
export interface OrtSessions {
  /** Runs queue up; a queued run whose signal has been aborted never starts. */
  run(stage: StageName, feeds: OrtTensors, signal: AbortSignal): Promise<OrtTensors>;
  /** Makes a stage ready before its first run. */
  open(stage: StageName, signal: AbortSignal): Promise<void>;
  dispose(): Promise<void>;
}

/** Only errors: at its default level the runtime writes harmless notes about graph clean-up to the console. */
const LOG_ERRORS_ONLY = 3;

// One for the whole thread: a runtime in WASM takes one create or run at a time, whichever backend it comes from.
const enqueue = createSerialQueue();

/** Sessions are created at the first run of their stage, and the stage's bytes are dropped then. */
export function createOrtSessions({ runtime, sessionOptions, model }: OrtSessionParts): OrtSessions {
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

  return {
    run: (stage, feeds, signal) =>
      enqueue(async () => {
        signal.throwIfAborted();
        try {
          return await (await open(stage)).run(feeds);
        } catch (error) {
          throw stageError(stage, error);
        }
      }),
    open: (stage, signal) =>
      enqueue(async () => {
        signal.throwIfAborted();
        try {
          await open(stage);
        } catch (error) {
          throw stageError(stage, error);
        }
      }),
    dispose: () =>
      enqueue(async () => {
        const opened = [...sessions.values()];
        sessions.clear();
        graphs.clear();
        for (const session of opened) await session.release();
      }),
  };
}
