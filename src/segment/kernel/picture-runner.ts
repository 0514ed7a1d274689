import { freshMemory, type PackedMemory } from '../pack';
import type { FloatTensor, PackedTensor, Tensors } from '../types';
import type { Validity } from '../validity';
import { convolve, keepConvolution, sizeAfter, workOf } from './convolve';
import { BYTES_PER_FLOAT, type Kernels } from './kernels';
import { paddedChannels, paddedDepth } from './layout';
import type { Layout, PicturePlan, PicturePort, PictureStep } from './picture-plan';
import { placeValidity } from './place-validity';
import { enterPicture, floatsOf, packedOf, type Placed, sizeOf } from './pictures';

/** Takes pictures out, as `./pictures` says. */
export interface PictureReader {
  floats(port: PicturePort, layout: Layout): FloatTensor;
  packed(port: PicturePort, layout: Layout, memory?: PackedMemory): PackedTensor;
}

/**
 * Runs a plan again and again. `read` takes what it wants of the outputs before they are gone. `valid` says of each pixel
 * whether it is valid; null where all are.
 */
export type PictureRunner = <T>(inputs: Tensors, read: (pictures: PictureReader) => T, valid?: Validity) => T;

/** `mix` reads up to so many pixels behind the last of a picture. */
const PIXELS_READ_BEHIND = 5;

/** Puts the constants of a plan into an instance of the kernels. */
export function createPictureRunner(kernels: Kernels, plan: PicturePlan): PictureRunner {
  const { run } = kernels;
  const wide = widePictures(plan.steps);
  const strideOf = (name: string): number => {
    const channels = plan.channels.get(name)!;
    return wide.has(name) ? paddedChannels(channels) : paddedDepth(channels);
  };
  const steps = plan.steps.map((step) =>
    step.kind === 'convolution' ? keepConvolution(kernels, step, strideOf(step.from)) : step,
  );
  const works = steps.flatMap((step) => (step.kind === 'convolution' ? [workOf(step)] : []));
  const most = {
    room: Math.max(0, ...works.map((work) => work.room)),
    totals: Math.max(0, ...works.map((work) => work.totals)),
  };
  const lastUses = lastUsesOf(plan);

  return (inputs, read, valid = null) => {
    const scratch = kernels.scratch();
    const work = { room: scratch.take(most.room), totals: scratch.take(most.totals) };
    const validAt = placeValidity(kernels, scratch, valid);
    const pictures = new Map<string, Placed>();
    const get = (name: string): Placed => pictures.get(name)!;

    function place(name: string, rows: number, columns: number): Placed {
      const stride = strideOf(name);
      const at = scratch.take((rows * columns + PIXELS_READ_BEHIND) * stride * BYTES_PER_FLOAT);
      const picture = { at, rows, columns, channels: plan.channels.get(name)!, stride };
      pictures.set(name, picture);
      return picture;
    }

    for (const { name, picture } of plan.inputs) {
      const tensor = inputs[name]!;
      enterPicture(kernels, scratch, place(picture, ...sizeOf(tensor)), tensor);
    }
    for (const [index, step] of steps.entries()) {
      if (step.kind === 'convolution') {
        const from = get(step.from);
        const to = place(step.to, sizeAfter(step, from.rows), sizeAfter(step, from.columns));
        convolve(kernels, step, from, to, work, validAt(step.norm?.level ?? null, to));
      } else if (step.kind === 'add') {
        const [one, other] = step.of.map(get) as [Placed, Placed];
        const out = place(step.to, one.rows, one.columns);
        run.add(one.at, other.at, one.rows * one.columns * one.stride, out.at);
      } else {
        const of = step.of.map(get);
        join(kernels, of, place(step.to, of[0]!.rows, of[0]!.columns));
      }
      for (const name of lastUses[index]!) scratch.free(get(name).at);
    }
    return read({
      floats: ({ picture }, layout) => floatsOf(kernels, scratch, get(picture), layout),
      packed: ({ picture }, layout, memory = freshMemory) => packedOf(kernels, scratch, get(picture), layout, memory),
    });
  };
}

function join({ run, floats }: Kernels, of: readonly Placed[], out: Placed): void {
  const pixels = out.rows * out.columns;
  if (out.stride !== out.channels) floats(out.at, pixels * out.stride).fill(0);
  let to = 0;
  for (const { at, stride, channels } of of) {
    run.place(at, stride, channels, pixels, out.at, out.stride, to);
    to += channels;
  }
}

/** Pictures that steps make, or that steps need which write as many channels as they read. All others may be narrower. */
function widePictures(steps: readonly PictureStep[]): ReadonlySet<string> {
  const needed = steps.flatMap((step) => {
    if (step.kind !== 'convolution') return step.of;
    return step.movement === 'filter' ? [step.from] : [];
  });
  return new Set([...steps.map(({ to }) => to), ...needed]);
}

/** By step, the pictures that no later step needs, and that are not handed on. */
function lastUsesOf({ steps, outputs }: PicturePlan): readonly (readonly string[])[] {
  const seen = new Set(outputs.map(({ picture }) => picture));
  const perStep = steps.toReversed().map((step) => {
    const of = new Set(step.kind === 'convolution' ? [step.from] : step.of);
    const last = [...of].filter((name) => !seen.has(name));
    for (const name of of) seen.add(name);
    return last;
  });
  return perStep.toReversed();
}
