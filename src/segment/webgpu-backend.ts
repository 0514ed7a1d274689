import { CropError } from '../errors';
import { onDemand } from './on-demand';
import { type GpuDevice, type GpuTensor, gpuTensors } from './gpu-tensors';
import { stageError } from './ort-errors';
import { createOrtSessions, type OrtRuntime } from './ort-sessions';
import type { ResidentStages } from './resident-types';
import type { Backend, LoadedModel, Precision, StageName } from './types';

/** What is used of an adapter; the platform's own types are not there in a worker of every version. */
interface Adapter {
  readonly features: ReadonlySet<string>;
  readonly info?: { readonly isFallbackAdapter?: boolean };
  readonly isFallbackAdapter?: boolean;
}

interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

type GpuRuntime = OrtRuntime & { readonly env: { readonly webgpu: { readonly device: Promise<GpuDevice> } } };

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

/**
 * Networks on the graphics card, tensors staying there between stages. Rejects with `segment/runtime-missing`; runs,
 * with `segment/device-lost` too.
 */
export async function createWebgpuBackend(model: LoadedModel, signal: AbortSignal): Promise<Backend> {
  signal.throwIfAborted();
  const runtime = await loadRuntime().catch((cause: unknown) => {
    throw new CropError('segment/runtime-missing', { backend: 'WebGPU' }, cause);
  });
  signal.throwIfAborted();
  const sessionOptions = { executionProviders: ['webgpu'], preferredOutputLocation: 'gpu-buffer' } as const;
  const sessions = createOrtSessions({ runtime, sessionOptions, model });
  let device: GpuDevice | null = null;
  let lost = false;
  const tensors = gpuTensors(runtime, () => {
    if (device === null) throw new CropError('segment/not-loaded');
    return device;
  });

  /** The runtime asks for the device with its first session. */
  async function watch(): Promise<void> {
    device = await runtime.env.webgpu.device;
    void device.lost.then(() => {
      lost = true;
    });
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

  const resident: ResidentStages = {
    ...tensors,
    async run(stage, inputs, stop) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, input]) => [
          name,
          'data' in input ? new runtime.Tensor('float32', input.data, input.shape) : (input as GpuTensor).tensor,
        ]),
      );
      stop.throwIfAborted();
      const outputs = await guarded(stage, () => sessions.run(stage, feeds, stop)).catch((error: unknown) => {
        stop.throwIfAborted();
        throw error;
      });
      if (device === null) await watch();
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensors.own(tensor)]));
    },
    read: (tensor) => guarded('decoder', () => tensors.read(tensor)),
  };

  return {
    name: 'webgpu',
    description: 'WebGPU',
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
    dispose: () => sessions.dispose(),
  };
}
