import { planPictures } from '../kernel/plan-pictures';
import type { Convolution, PicturePlan, PictureStep } from '../kernel/picture-plan';
import { addShader, filterShader, layFilter, outputShader, THREADS_BY_PIXEL } from './by-pixel';
import { denseShader } from './dense';
import { layAffine, settleShader } from './settle';
import { QUAD, quadsOf, type Source } from './source';
import { layDense, tilingOf } from './tiling';

/** Rows and columns. */
export type Size = readonly [rows: number, columns: number];

/** One kernel over one picture. */
export interface CardPass {
  readonly code: string;
  /** Halvings from the encoder's input to the picture that is read, and to the one that is made. */
  readonly from: number;
  readonly to: number;
  /** Names of the buffers that it binds behind its sizes, in order. */
  readonly buffers: readonly string[];
  /** Workgroups for a picture that is made. */
  readonly workgroups: (made: Size) => readonly [number, number, number];
}

export interface CardOutput {
  readonly name: string;
  /** Of the buffer that a pass writes. */
  readonly buffer: string;
  readonly halvings: number;
  readonly shape: (made: Size) => readonly number[];
}

/** An encoder as kernels of a graphics card. */
export interface CardPlan {
  readonly input: { readonly buffer: string; readonly channels: number };
  readonly passes: readonly CardPass[];
  readonly constants: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Buffers that passes write for other passes: floats for a size of the input. */
  readonly scratch: ReadonlyMap<string, (input: Size) => number>;
  readonly outputs: readonly CardOutput[];
}

/** Steps that the kernels of the card do. */
type CardStep = Convolution | Extract<PictureStep, { readonly kind: 'add' }>;

/** Rows and columns after so many halvings. */
export function halved([rows, columns]: Size, times: number): Size {
  return [rows >> times, columns >> times];
}

/**
 * The encoder of a model's file as kernels of a graphics card; null where a part of it is of another make, and the whole
 * of it is left to the runtime. What its layers are is what our own kernels in WebAssembly go by too.
 */
export function planCardEncoder(file: Uint8Array): CardPlan | null {
  const plan = planPictures(file);
  if (plan === null || plan.rest !== null || plan.inputs.length !== 1 || plan.inputs[0]!.layout !== 'planes')
    return null;
  const steps = plan.steps.filter(isKnown);
  return steps.length === plan.steps.length ? planSteps(plan, steps) : null;
}

function isKnown(step: PictureStep): step is CardStep {
  if (step.kind !== 'convolution') return step.kind === 'add';
  return step.movement !== 'enlarge' && (step.norm?.level ?? null) === null;
}

function planSteps(plan: PicturePlan, steps: readonly CardStep[]): CardPlan {
  const input = plan.inputs[0]!.picture;
  const passes: CardPass[] = [];
  const constants = new Map<string, Float32Array<ArrayBuffer>>();
  const scratch = new Map<string, (input: Size) => number>();
  const halvings = new Map([[input, 0]]);
  const normed = new Set<string>();

  const sourceOf = (name: string): Source => ({
    channels: plan.channels.get(name)!,
    form: name === input ? 'planes' : 'quads',
    normed: normed.has(name),
  });
  const buffersOf = (name: string): string[] => (normed.has(name) ? [name, `${name} norm`] : [name]);

  function keep(name: string, values: Float32Array<ArrayBuffer>): string {
    constants.set(name, values);
    return name;
  }

  /** Names the picture that a step makes, so many halvings further on than the one it is made from. */
  function make({ to }: CardStep, from: string, further: number): void {
    const times = halvings.get(from)! + further;
    halvings.set(to, times);
    scratch.set(to, (size) => areaOf(halved(size, times)) * quadsOf(plan.channels.get(to)!) * QUAD);
  }

  function convolve(step: Convolution): void {
    const { from, to, bands, channels, side, norm, relu } = step;
    const stride = side === 4 ? 2 : 1;
    const shape = { bands, channels, side, stride };
    const tiling = tilingOf(shape);
    const source = sourceOf(from);
    make(step, from, stride - 1);
    const levels = { from: halvings.get(from)!, to: halvings.get(to)! };
    const weights = keep(`${to} weights`, layDense(step.kernel, shape));
    const bias = keep(`${to} bias`, padded(step.bias, tiling.blocks * tiling.block));
    const moments = `${to} moments`;
    const tilesOf = ([rows, columns]: Size): Size => [
      Math.ceil(rows / tiling.rows),
      Math.ceil(columns / tiling.columns),
    ];
    passes.push({
      ...levels,
      code: denseShader({ ...shape, source, relu, moments: norm !== null }),
      buffers: [...buffersOf(from), weights, bias, to, ...(norm === null ? [] : [moments])],
      workgroups: (made) => [tilesOf(made)[1], tilesOf(made)[0], tiling.blocks],
    });
    if (norm === null) return;
    const values = quadsOf(channels) * 2 * QUAD;
    scratch.set(moments, (size) => areaOf(tilesOf(halved(size, levels.to))) * values);
    scratch.set(`${to} norm`, () => values);
    passes.push({
      ...levels,
      code: settleShader({ channels, ...norm, rows: tiling.rows, columns: tiling.columns }),
      buffers: [moments, keep(`${to} affine`, layAffine(norm.gamma, norm.beta)), `${to} norm`],
      workgroups: () => [norm.groups, 1, 1],
    });
    normed.add(to);
  }

  /** A kernel that has an invocation for each pixel and quad. */
  function passByPixel(code: string, from: string, to: string, channels: number, buffers: readonly string[]): void {
    passes.push({
      ...{ code, buffers, from: halvings.get(from)!, to: halvings.get(to)! },
      workgroups: ([rows, columns]) => [Math.ceil((columns * quadsOf(channels)) / THREADS_BY_PIXEL), rows, 1],
    });
  }

  function filter(step: Convolution): void {
    const { from, to, channels, side } = step;
    make(step, from, side === 4 ? 1 : 0);
    const weights = keep(`${to} weights`, layFilter(step.kernel, channels, side));
    const code = filterShader({ source: sourceOf(from), side });
    passByPixel(code, from, to, channels, [...buffersOf(from), weights, to]);
  }

  for (const step of steps) {
    if (step.kind === 'add') {
      const [one, other] = step.of;
      make(step, one, 0);
      const buffers = [...buffersOf(one), ...buffersOf(other), step.to];
      passByPixel(addShader(sourceOf(one), sourceOf(other)), one, step.to, plan.channels.get(one)!, buffers);
    } else if (step.movement === 'filter') filter(step);
    else convolve(step);
  }

  const outputs = plan.outputs.map(({ name, picture, layout }): CardOutput => {
    const channels = plan.channels.get(picture)!;
    const buffer = `${name} out`;
    passByPixel(outputShader(sourceOf(picture), layout), picture, picture, channels, [...buffersOf(picture), buffer]);
    const shape = (made: Size): number[] => (layout === 'pixels' ? [areaOf(made), channels] : [1, channels, ...made]);
    return { name, buffer, halvings: halvings.get(picture)!, shape };
  });
  return { input: { buffer: input, channels: plan.channels.get(input)! }, passes, constants, scratch, outputs };
}

function areaOf([rows, columns]: Size): number {
  return rows * columns;
}

function padded(values: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(length);
  all.set(values);
  return all;
}
