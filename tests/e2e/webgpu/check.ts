import { createHttpTransport } from '../../../src/net';
import {
  createEngine,
  createOwnWebgpuBackend,
  createWebgpuBackend,
  type GoldenCheck,
  loadModel,
  type ResidentStages,
  webgpuAvailable,
} from '../../../src/segment';

/** Values of a buffer that holds half of the golden tile's pixels of all dates, twice: two strips. */
const SMALL_BUFFER = 512 * 4 * 64 * 2;

/**
 * Loads a model and runs its golden tile (32 x 32 pixels, 4 dates) on WebGPU: with our own encoder, and with the runtime's
 * in strips as if the card had small buffers. Null where there is no adapter at all.
 */
export async function checkGoldenOnWebgpu(modelUrl: string): Promise<readonly GoldenCheck[] | null> {
  if (!(await webgpuAvailable('fp32', true))) return null;
  const { signal } = new AbortController();
  const model = await loadModel(modelUrl, { transport: createHttpTransport(), signal });
  const own = (await createOwnWebgpuBackend(model, signal))!;
  const whole = await createEngine(model, own, signal);
  const runtime = await createWebgpuBackend(model, signal);
  // The other stages over the same sessions: compiling them is most of the time that a card in software takes.
  const resident: ResidentStages = {
    ...own.resident!,
    mostValues: () => SMALL_BUFFER,
    run: (stage, ...rest) => (stage === 'encoder' ? runtime : own).resident!.run(stage, ...rest),
  };
  const inStrips = await createEngine(model, { ...runtime, resident }, signal);
  await inStrips.dispose();
  await whole.dispose();
  return [whole.golden, inStrips.golden];
}
