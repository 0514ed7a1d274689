import { createHttpTransport } from '../../../src/net';
import { createEngine, createWebgpuBackend, type GoldenCheck, loadModel, webgpuAvailable } from '../../../src/segment';

/** Loads a model and runs its golden tile (32 x 32 pixels, 4 dates) on WebGPU; null where there is no adapter at all. */
export async function checkGoldenOnWebgpu(modelUrl: string): Promise<GoldenCheck | null> {
  if (!(await webgpuAvailable('fp32', true))) return null;
  const { signal } = new AbortController();
  const model = await loadModel(modelUrl, { transport: createHttpTransport(), signal });
  const engine = await createEngine(model, await createWebgpuBackend(model, signal), signal);
  return engine.golden;
}
