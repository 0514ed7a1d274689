import { CropError } from '../errors';
import { onDemand } from './on-demand';
import type { Backend, LoadedModel } from './types';
import { createWebgpuBackend } from './webgpu-backend';

/** Only who has a card needs them. */
const loadKernels = /* @__PURE__ */ onDemand(async () => {
  const [{ planCardEncoder }, { createCardEncoder }] = await Promise.all([
    import('./wgsl/card-plan'),
    import('./wgsl/card-encoder'),
  ]);
  return { planCardEncoder, createCardEncoder };
});

/**
 * Networks on the graphics card with our own encoder, the other stages being the runtime's. Null where the encoder is not
 * wholly of layers that our kernels know. Rejects as `createWebgpuBackend` does.
 */
export async function createOwnWebgpuBackend(model: LoadedModel, signal: AbortSignal): Promise<Backend | null> {
  signal.throwIfAborted();
  const { planCardEncoder, createCardEncoder } = await loadKernels().catch((cause: unknown) => {
    throw new CropError('segment/runtime-missing', { backend: 'WebGPU' }, cause);
  });
  const { encoder, ...others } = model.stages;
  const plan = encoder === undefined ? null : planCardEncoder(encoder);
  if (plan === null) return null;
  return createWebgpuBackend({ ...model, stages: others }, signal, (device) => createCardEncoder(device, plan));
}
