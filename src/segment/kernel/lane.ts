import type { FloatTensor, MapRows, PackedStrip, PackedTensor, StageName, Tensors } from '../types';
import { maskPixels, type Validity } from '../validity';
import { addUp } from './aggregate-runner';
import { type AttentionRunner, createAttentionRunner } from './attention-runner';
import { compileKernels } from './compile';
import { type Kernels, openKernels } from './kernels';
import { createPictureRunner, type PictureReader, type PictureRunner } from './picture-runner';
import { type KernelPlans, planStages, type StageFiles } from './plans';
import { createShelf } from './shelf';

/** A tensor whose memory can be handed back. */
export interface LaneTensor extends FloatTensor {
  readonly data: Float32Array<ArrayBuffer>;
}

/** What a lane found, and the arrays that it was given and has done with: they can be used again. */
export interface LaneAnswer<T> {
  readonly value: T;
  readonly spent: readonly ArrayBufferView<ArrayBuffer>[];
}

/** One instance of our own kernels, in this thread or in a worker. Typed arrays in arguments are given away. */
export interface KernelLane {
  /** Takes a model's stages; false where the kernels do not even begin its encoder. */
  open(files: StageFiles, signal: AbortSignal): Promise<boolean>;
  /**
   * The whole encoder. What it gives lies in arrays of `spare` where these are of the right size. `valid` says which
   * pixels are valid, the others being 0; null where all are.
   */
  encode(
    pixels: LaneTensor,
    valid: Validity,
    spare: readonly ArrayBufferView<ArrayBuffer>[],
    signal: AbortSignal,
  ): Promise<LaneAnswer<Readonly<Record<string, PackedTensor>>>>;
  attend(
    strip: PackedStrip,
    days: Float32Array,
    pixels: number,
    valid: Validity,
    signal: AbortSignal,
  ): Promise<LaneAnswer<Tensors>>;
  aggregate(
    strip: PackedStrip,
    weights: Float32Array,
    rows: MapRows,
    valid: Validity,
    signal: AbortSignal,
  ): Promise<LaneAnswer<Float32Array>>;
  /** Encoder or decoder as far as the kernels do it. */
  run(
    stage: StageName,
    inputs: Readonly<Record<string, LaneTensor>>,
    signal: AbortSignal,
  ): Promise<LaneAnswer<Tensors>>;
  dispose(): Promise<void>;
}

interface Opened {
  readonly kernels: Kernels;
  readonly plans: KernelPlans;
  readonly pictures: Map<StageName, PictureRunner>;
  attention: AttentionRunner | null;
}

/** A lane in this thread, which it blocks while it works. Constants of a stage are laid out when it is first run. */
export function createKernelLane(): KernelLane {
  let opened: Opened | null = null;

  function current(signal: AbortSignal): Opened {
    signal.throwIfAborted();
    if (opened === null) throw new TypeError('The lane has not been opened.');
    return opened;
  }

  function runner({ kernels, plans, pictures }: Opened, stage: 'encoder' | 'decoder'): PictureRunner {
    const known = pictures.get(stage);
    if (known !== undefined) return known;
    const plan = plans[stage];
    if (plan === null) throw new TypeError(`The kernels do not run the ${stage}.`);
    const made = createPictureRunner(kernels, plan);
    pictures.set(stage, made);
    return made;
  }

  return {
    async open(files, signal) {
      const plans = planStages(files);
      if (plans === null) return false;
      const module = await compileKernels();
      signal.throwIfAborted();
      opened = { kernels: await openKernels(module), plans, pictures: new Map(), attention: null };
      return true;
    },
    async encode(pixels, valid, spare, signal) {
      const lane = current(signal);
      const { encoder, ownMaps } = lane.plans;
      const shelf = createShelf();
      shelf.put(spare);
      const take = (pictures: PictureReader): Readonly<Record<string, PackedTensor>> => {
        const packed = encoder.outputs.map((port) => {
          const layout = ownMaps ? 'pixels' : port.layout;
          return [port.name, pictures.packed(port, layout, shelf)] as const;
        });
        return Object.fromEntries(packed);
      };
      return { value: runner(lane, 'encoder')({ pixels }, take, valid), spent: [pixels.data] };
    },
    async attend(strip, days, pixels, valid, signal) {
      const lane = current(signal);
      if (lane.plans.attention === null) throw new TypeError('The kernels do not run the attention.');
      lane.attention ??= createAttentionRunner(lane.kernels, lane.plans.attention);
      return { value: lane.attention(strip, days, pixels, valid), spent: [strip.steps, strip.scales] };
    },
    async aggregate(strip, weights, rows, valid, signal) {
      return { value: addUp(current(signal).kernels, strip, weights, rows, valid), spent: [strip.steps, strip.scales] };
    },
    async run(stage, inputs, signal) {
      const lane = current(signal);
      if (stage !== 'encoder' && stage !== 'decoder')
        throw new TypeError(`The kernels do not run the ${stage} like this.`);
      const { outputs } = lane.plans[stage]!;
      const { valid, ...pictures } = inputs;
      const mask = valid === undefined ? null : Uint8Array.from(valid.data);
      const entering = mask === null ? pictures : masked(pictures, mask);
      const take = (made: PictureReader): Tensors =>
        Object.fromEntries(outputs.map((port) => [port.name, made.floats(port, port.layout)]));
      const value = runner(lane, stage)(entering, take, mask);
      return { value, spent: Object.values(inputs).map(({ data }) => data) };
    },
    async dispose() {
      opened = null;
    },
  };
}

/** Pictures without what lies in pixels that are not valid. */
function masked(pictures: Readonly<Record<string, LaneTensor>>, valid: Uint8Array): Tensors {
  const entries = Object.entries(pictures).map(([name, { data, shape }]) => [
    name,
    { data: maskPixels(data, valid), shape },
  ]);
  return Object.fromEntries(entries) as Tensors;
}
