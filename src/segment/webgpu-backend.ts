import { CropError } from '../errors';
import { onDemand } from './on-demand';
import { createOrtBackend, type OrtRuntime } from './ort-backend';
import type { Backend, LoadedModel, Precision } from './types';

/** What is used of an adapter; the platform's own types are not there in a worker of every version. */
interface Adapter {
  readonly features: ReadonlySet<string>;
  readonly info?: { readonly isFallbackAdapter?: boolean };
  readonly isFallbackAdapter?: boolean;
}

interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

interface Device {
  readonly lost: Promise<unknown>;
}

type GpuRuntime = OrtRuntime & { readonly env: { readonly webgpu: { readonly device: Promise<Device> } } };

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

/** Networks on the graphics card. Rejects with `segment/runtime-missing`; runs, with `segment/device-lost` too. */
export async function createWebgpuBackend(model: LoadedModel, signal: AbortSignal): Promise<Backend> {
  signal.throwIfAborted();
  const runtime = await loadRuntime().catch((cause: unknown) => {
    throw new CropError('segment/runtime-missing', { backend: 'WebGPU' }, cause);
  });
  signal.throwIfAborted();
  const inner = createOrtBackend({
    name: 'webgpu',
    description: 'WebGPU',
    runtime,
    sessionOptions: { executionProviders: ['webgpu'] },
    model,
  });
  let watched = false;
  let lost = false;

  /** The runtime asks for the device with its first session. */
  async function watch(): Promise<void> {
    watched = true;
    const device = await runtime.env.webgpu.device;
    void device.lost.then(() => {
      lost = true;
    });
  }

  return {
    ...inner,
    async run(stage, inputs, stop) {
      try {
        const outputs = await inner.run(stage, inputs, stop);
        if (!watched) await watch();
        return outputs;
      } catch (error) {
        stop.throwIfAborted();
        // Word of the loss comes in a turn of its own.
        await Promise.resolve();
        throw lost ? new CropError('segment/device-lost', { stage }, error) : error;
      }
    },
  };
}
