import { CropError } from '../errors';
import { onDemand } from './on-demand';
import { type GpuTensor, gpuTensors } from './gpu-tensors';
import { stageError } from './ort-errors';
import { createOrtSessions, type OrtRuntime } from './ort-sessions';
import type { HeldTensor, ResidentStages } from './resident-types';
import type { Backend, FloatTensor, LoadedModel, Precision, StageName } from './types';
import type { CardEncoder } from './wgsl/card-encoder';

/** What is used of an adapter; the platform's own types are not there in a worker of every version. */
interface Adapter {
  readonly features: ReadonlySet<string>;
  readonly info?: { readonly isFallbackAdapter?: boolean };
  readonly isFallbackAdapter?: boolean;
}

interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

type GpuRuntime = OrtRuntime & { readonly env: { readonly webgpu: { readonly device: Promise<GPUDevice> } } };

/** The build that suspends WASM by itself is half the size of the one that rewrites it to; both have the same WebGPU. */
const loadRuntime = /* @__PURE__ */ onDemand(
  () =>
    ('Suspending' in WebAssembly
      ? import('onnxruntime-web/jspi')
      : import('onnxruntime-web/webgpu')) as Promise<unknown> as Promise<GpuRuntime>,
);

/**
 * Whether a graphics card can run networks of a precision here. Answered by the platform, nothing is downloaded.
 * @param software whether an adapter that only imitates a card counts: it is far slower than WASM, and good for tests
 */
export async function webgpuAvailable(precision: Precision, software = false): Promise<boolean> {
  const { navigator } = globalThis as { navigator?: { gpu?: Gpu } };
  const adapter = (await navigator?.gpu?.requestAdapter().catch(() => null)) ?? null;
  if (adapter === null) return false;
  const imitated = adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  return (software || !imitated) && (precision !== 'fp16' || adapter.features.has('shader-f16'));
}

/** An encoder that is not the runtime's, on the device that it has. */
export type EncoderMaker = (device: GPUDevice) => Promise<CardEncoder>;

/**
 * Networks on the graphics card, tensors staying there between stages. Rejects with `segment/runtime-missing`; runs,
 * with `segment/device-lost` too.
 * @param makeEncoder another encoder than the model's graph, which the runtime then does not take
 */
export async function createWebgpuBackend(
  model: LoadedModel,
  signal: AbortSignal,
  makeEncoder: EncoderMaker | null = null,
): Promise<Backend> {
  signal.throwIfAborted();
  const runtime = await loadRuntime().catch((cause: unknown) => {
    throw new CropError('segment/runtime-missing', { backend: 'WebGPU' }, cause);
  });
  signal.throwIfAborted();
  const sessionOptions = { executionProviders: ['webgpu'], preferredOutputLocation: 'gpu-buffer' } as const;
  const sessions = createOrtSessions({ runtime, sessionOptions, model });
  let device: GPUDevice | null = null;
  let encoder: Promise<CardEncoder> | null = null;
  let lost = false;
  const tensors = gpuTensors(runtime, () => {
    if (device === null) throw new CropError('segment/not-loaded');
    return device;
  });

  /** The runtime asks for the device with its first session. */
  async function watch(): Promise<GPUDevice> {
    const found = await runtime.env.webgpu.device;
    device = found;
    void found.lost.then(() => {
      lost = true;
    });
    return found;
  }

  async function guarded<T>(stage: StageName, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Word of the loss comes in a turn of its own.
      await Promise.resolve();
      throw lost ? new CropError('segment/device-lost', { stage }, error) : stageError(stage, error);
    }
  }

  async function encode(
    make: EncoderMaker,
    pixels: FloatTensor,
    valid: FloatTensor | undefined,
    stop: AbortSignal,
  ): Promise<[string, GpuTensor][]> {
    if (device === null) {
      await sessions.open('attention', stop);
      await watch();
    }
    encoder ??= make(device!);
    const made = await (await encoder).run(pixels, valid);
    return made.map(({ name, buffer, shape }) => [name, tensors.wrap(buffer, shape)]);
  }

  async function runSession(
    stage: StageName,
    inputs: Readonly<Record<string, FloatTensor | HeldTensor>>,
    stop: AbortSignal,
  ): Promise<[string, GpuTensor][]> {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        name,
        'data' in input ? new runtime.Tensor('float32', input.data, input.shape) : (input as GpuTensor).tensor,
      ]),
    );
    const outputs = await sessions.run(stage, feeds, stop);
    if (device === null) await watch();
    return Object.entries(outputs).map(([name, tensor]) => [name, tensors.own(tensor)]);
  }

  const resident: ResidentStages = {
    ...tensors,
    async run(stage, inputs, stop) {
      stop.throwIfAborted();
      const outputs = await guarded(stage, () => {
        const { pixels, valid } = inputs;
        if (makeEncoder === null || stage !== 'encoder' || pixels === undefined || !('data' in pixels)) {
          return runSession(stage, inputs, stop);
        }
        return encode(makeEncoder, pixels, valid !== undefined && 'data' in valid ? valid : undefined, stop);
      }).catch((error: unknown) => {
        stop.throwIfAborted();
        throw error;
      });
      return Object.fromEntries(outputs);
    },
    read: (tensor) => guarded('decoder', () => tensors.read(tensor)),
  };

  return {
    name: 'webgpu',
    description: makeEncoder === null ? 'WebGPU' : 'WebGPU, own encoder',
    resident,
    async run(stage, inputs, stop) {
      const outputs = Object.entries(await resident.run(stage, inputs, stop));
      try {
        const read = outputs.map(async ([name, tensor]) => [name, await resident.read(tensor)] as const);
        return Object.fromEntries(await Promise.all(read));
      } finally {
        for (const [, tensor] of outputs) tensor.dispose();
      }
    },
    async dispose() {
      // One that could not be made has nothing to free, and has said so where it was wanted.
      (await encoder?.catch(() => null))?.dispose();
      await sessions.dispose();
    },
  };
}
