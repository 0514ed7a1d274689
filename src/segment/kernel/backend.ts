import { CropError } from '../../errors';
import { stageError } from '../ort-errors';
import type { Backend, FloatTensor, LoadedModel, Tensors } from '../types';
import { createWasmBackend, usableProcessors } from '../wasm-backend';
import { type EncoderLane, kernelPlan } from './lane';

/**
 * WASM with our own kernels for the encoder, most of the work of every network, and the runtime for the rest. Each lane
 * encodes a date of its own, so several work at once without shared memory. Null where the model's encoder is of a make
 * that the kernels do not run.
 */
export async function createKernelBackend(
  model: LoadedModel,
  signal: AbortSignal,
  startLane: () => EncoderLane,
  count: number = usableProcessors(),
): Promise<Backend | null> {
  const file = model.stages.encoder;
  const plan = file === undefined ? null : kernelPlan(file);
  if (file === undefined || plan === null) return null;
  const lanes = Array.from({ length: count }, startLane);
  const disposeLanes = async (): Promise<void> => void (await Promise.all(lanes.map((lane) => lane.dispose())));
  let rest: Backend;
  try {
    // A lane in a worker takes the bytes away.
    const opened = await Promise.all(lanes.map((lane) => lane.open(file.slice(), signal)));
    if (!opened.every(Boolean)) throw new CropError('segment/runtime-missing', { backend: 'our kernels' });
    const stages = plan.rest === null ? model.stages : { ...model.stages, encoder: plan.rest.model };
    rest = await createWasmBackend({ ...model, stages }, signal);
  } catch (error) {
    await disposeLanes();
    throw error;
  }
  const idle = [...lanes];
  const waiting: ((lane: EncoderLane) => void)[] = [];

  async function encode(pixels: FloatTensor, stop: AbortSignal): Promise<Tensors> {
    const [, , rows, columns] = pixels.shape as [number, number, number, number];
    const data = await onLane(pixels.data, rows, columns, stop);
    const channels = data.length / (rows * columns);
    if (plan?.rest)
      return rest.run('encoder', { [plan.rest.input]: { data, shape: [1, channels, rows, columns] } }, stop);
    return { features: { data, shape: [rows * columns, channels] } };
  }

  async function onLane(data: Float32Array, rows: number, columns: number, stop: AbortSignal): Promise<Float32Array> {
    const lane = idle.pop() ?? (await new Promise<EncoderLane>((resolve) => waiting.push(resolve)));
    try {
      stop.throwIfAborted();
      return await lane.encode(data.slice(), rows, columns, stop);
    } catch (error) {
      stop.throwIfAborted();
      throw stageError('encoder', error);
    } finally {
      const next = waiting.shift();
      if (next === undefined) idle.push(lane);
      else next(lane);
    }
  }

  return {
    name: 'wasm',
    description: `${rest.description}, own kernels${count === 1 ? '' : ` in ${count} workers`}`,
    lanes: count,
    run: (stage, inputs, stop) => (stage === 'encoder' ? encode(inputs.pixels!, stop) : rest.run(stage, inputs, stop)),
    async dispose() {
      await disposeLanes();
      await rest.dispose();
    },
  };
}
