import { CropError } from '../../errors';
import { stageError } from '../ort-errors';
import { stripOf } from '../pack';
import type { Backend, FloatTensor, LoadedModel, StageName, Tensors } from '../types';
import { createWasmBackend, usableProcessors } from '../wasm-backend';
import type { KernelLane, LaneAnswer, LaneTensor } from './lane';
import { createLanePool } from './lane-pool';
import { type KernelPlans, planStages } from './plans';
import { createShelf } from './shelf';

/** Dates whose memory is kept for others, 2 MB each for Time-Unet: a season of one tile, so that the next needs none. */
const MOST_RELEASED = 32;

/**
 * WASM with our own kernels, and the runtime for the stages that are of a make that they do not run. Each lane has a date
 * or a strip of its own, so several work at once without shared memory. Null where not even the beginning of the model's
 * encoder is for the kernels.
 */
export async function createKernelBackend(
  model: LoadedModel,
  signal: AbortSignal,
  startLane: () => KernelLane,
  count: number = usableProcessors(),
): Promise<Backend | null> {
  const plans = planStages(model.stages);
  if (plans === null) return null;
  const { encoder, attention, decoder } = plans;
  const lanes = Array.from({ length: count }, startLane);
  const pool = createLanePool(lanes);
  const shelf = createShelf();
  /** Arrays of dates that no one needs any more. */
  const released: ArrayBufferView<ArrayBuffer>[][] = [];
  let rest: Backend | null;
  try {
    // A lane in a worker takes the bytes away.
    const opened = await Promise.all(lanes.map((lane) => lane.open(structuredClone(model.stages), signal)));
    if (!opened.every(Boolean)) throw new CropError('segment/runtime-missing', { backend: 'our kernels' });
    rest = await createRest(model, plans, signal);
  } catch (error) {
    await pool.dispose();
    throw error;
  }

  async function onLane<T>(stage: StageName, stop: AbortSignal, job: (lane: KernelLane) => Promise<T>): Promise<T> {
    try {
      // Constants and pictures of the decoder take more memory than all else, and no two decode at once.
      return await pool.run(stop, job, stage === 'decoder' ? 'first' : 'any');
    } catch (error) {
      stop.throwIfAborted();
      throw stageError(stage, error);
    }
  }

  /** A job whose arguments come from the shelf, and go back there. */
  async function onLaneLent<T>(
    stage: StageName,
    stop: AbortSignal,
    job: (lane: KernelLane) => Promise<LaneAnswer<T>>,
  ): Promise<T> {
    const { value, spent } = await onLane(stage, stop, job);
    shelf.put(spent);
    return value;
  }

  function copyOf({ data, shape }: FloatTensor): LaneTensor {
    const copy = shelf.floats(data.length);
    copy.set(data);
    return { data: copy, shape };
  }

  /** Inputs that the caller keeps. */
  const runPictures = (stage: StageName, inputs: Tensors, stop: AbortSignal): Promise<Tensors> =>
    onLaneLent(stage, stop, (lane) => {
      const copies = Object.entries(inputs).map(([name, tensor]) => [name, copyOf(tensor)] as const);
      return lane.run(stage, Object.fromEntries(copies), stop);
    });

  async function run(stage: StageName, inputs: Tensors, stop: AbortSignal): Promise<Tensors> {
    const begun = stage === 'encoder' || (stage === 'decoder' && decoder !== null);
    const outputs = begun ? await runPictures(stage, inputs, stop) : inputs;
    if (stage === 'encoder' ? encoder.rest === null : begun) return outputs;
    if (rest === null) throw new CropError('segment/not-loaded');
    return rest.run(stage, outputs, stop);
  }

  return {
    name: 'wasm',
    description: `WASM, own kernels${count === 1 ? '' : ` in ${count} workers`}${rest === null ? '' : ' and the runtime'}`,
    lanes: pool.places,
    run,
    packed: {
      ...(encoder.rest === null && {
        encode: (pixels, valid, stop) =>
          onLaneLent('encoder', stop, (lane) =>
            lane.encode(copyOf(pixels), valid?.slice() ?? null, released.pop() ?? [], stop),
          ),
        release(tensors) {
          const arrays = tensors.flatMap(({ steps, scales }) => [steps, scales]).filter(isOwn);
          if (released.length < MOST_RELEASED) released.push(arrays);
        },
      }),
      ...(attention !== null && {
        attend: (part, days, pixels, valid, stop) =>
          onLaneLent('attention', stop, (lane) =>
            lane.attend(stripOf(part, shelf), days.slice(), pixels, valid?.slice() ?? null, stop),
          ),
      }),
      ...(plans.ownMaps && {
        aggregate: (part, weights, rows, valid, stop) =>
          onLaneLent('aggregate', stop, (lane) =>
            lane.aggregate(stripOf(part, shelf), weights.slice(), rows, valid?.slice() ?? null, stop),
          ),
      }),
    },
    async dispose() {
      await pool.dispose();
      await rest?.dispose();
    },
  };
}

/** The runtime for what the kernels leave; null, and not loaded, where that is nothing. */
async function createRest(
  model: LoadedModel,
  { encoder, attention, decoder, ownMaps }: KernelPlans,
  signal: AbortSignal,
): Promise<Backend | null> {
  const { stages } = model;
  const left = {
    ...(encoder.rest !== null && { encoder: encoder.rest }),
    ...(attention === null && stages.attention && { attention: stages.attention }),
    ...(!ownMaps && stages.aggregate && { aggregate: stages.aggregate }),
    ...(decoder === null && stages.decoder && { decoder: stages.decoder }),
  };
  return Object.keys(left).length === 0 ? null : createWasmBackend({ ...model, stages: left }, signal);
}

/** Whether an array has memory to itself, which can be given away. */
function isOwn(array: Int16Array | Float32Array): array is Int16Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
  return array.buffer instanceof ArrayBuffer && array.byteLength === array.buffer.byteLength;
}
