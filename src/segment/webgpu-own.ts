import { CropError } from '../errors';
import { onDemand } from './on-demand';
import type { Backend, LoadedModel } from './types';
import { createWebgpuBackend } from './webgpu-backend';

/** Only who has a card needs them. */
const loadKernels = /* @__PURE__ */ onDemand(async () => {
  const [{ planCardEncoder }, { createMaskingEncoder }] = await Promise.all([
    import('./wgsl/card-plan'),
    import('./wgsl/masking-encoder'),
  ]);
  return { planCardEncoder, createMaskingEncoder };
});

/**
 * Networks on the graphics card with our own encoder, the other stages being the runtime's. Null where the encoder is not
 * wholly of layers that our kernels know. Rejects as `createWebgpuBackend` does.
 */
export async function createOwnWebgpuBackend(model: LoadedModel, signal: AbortSignal): Promise<Backend | null> {
  signal.throwIfAborted();
  const { planCardEncoder, createMaskingEncoder } = await loadKernels().catch((cause: unknown) => {
    throw new CropError('segment/runtime-missing', { backend: 'WebGPU' }, cause);
  });
  const { encoder, ...others } = model.stages;
  const [whole, masked] = encoder === undefined ? [] : [planCardEncoder(encoder), planCardEncoder(encoder, true)];
  if (!whole || !masked) return null;
  const rest = { ...model, stages: others };
  return createWebgpuBackend(rest, signal, async (device) => createMaskingEncoder(device, whole, masked));
}
