import { createHttpTransport } from '../../../src/net';
import {
  createEngine,
  createOwnWebgpuBackend,
  createWebgpuBackend,
  type GoldenCheck,
  loadModel,
  webgpuAvailable,
} from '../../../src/segment';

/** Values of a buffer that holds half of the golden tile's pixels of all dates, twice: two strips. */
const SMALL_BUFFER = 512 * 4 * 64 * 2;

/**
 * Loads a model and runs its golden tile (32 x 32 pixels, 4 dates) on WebGPU: as it is, in strips as if the card had small
 * buffers, and with our own encoder. Null where there is no adapter at all.
 */
export async function checkGoldenOnWebgpu(modelUrl: string): Promise<readonly GoldenCheck[] | null> {
  if (!(await webgpuAvailable('fp32', true))) return null;
  const { signal } = new AbortController();
  const model = await loadModel(modelUrl, { transport: createHttpTransport(), signal });
  const backend = await createWebgpuBackend(model, signal);
  const whole = await createEngine(model, backend, signal);
  // Over the same sessions: compiling them is most of the time that a card in software takes.
  const small = { ...backend.resident!, mostValues: () => SMALL_BUFFER };
  const inStrips = await createEngine(model, { ...backend, resident: small }, signal);
  await inStrips.dispose();
  const own = await createEngine(model, (await createOwnWebgpuBackend(model, signal))!, signal);
  await own.dispose();
  return [whole.golden, inStrips.golden, own.golden];
}
