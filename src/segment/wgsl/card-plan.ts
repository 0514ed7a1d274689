import { planPictures } from '../kernel/plan-pictures';
import type { Convolution, PicturePlan, PictureStep } from '../kernel/picture-plan';
import { addShader, filterShader, layFilter, outputShader, THREADS_BY_PIXEL } from './by-pixel';
import { denseShader } from './dense';
import { layAffine, settleShader } from './settle';
import { halveValidityShader, measureShader, THREADS_BY_ROW, VECTORS_OF_ROW } from './masked';
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
  /** The buffer of which pixels are valid, a number each; null where it looks at all. */
  readonly valid: string | null;
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
 * @param masks whether an encoder that masks does so; without, it takes all pixels as valid, and is faster
 */
export function planCardEncoder(file: Uint8Array, masks = false): CardPlan | null {
  const plan = planPictures(file);
  if (plan === null || plan.rest !== null || plan.inputs.length !== 1 || plan.inputs[0]!.layout !== 'planes')
    return null;
  const steps = plan.steps.filter(isKnown);
  return steps.length === plan.steps.length ? planSteps(plan, steps, masks) : null;
}

function isKnown(step: PictureStep): step is CardStep {
  return step.kind === 'add' || (step.kind === 'convolution' && step.movement !== 'enlarge');
}

function planSteps(plan: PicturePlan, steps: readonly CardStep[], masks: boolean): CardPlan {
  const input = plan.inputs[0]!.picture;
  const passes: CardPass[] = [];
  const constants = new Map<string, Float32Array<ArrayBuffer>>();
  const scratch = new Map<string, (input: Size) => number>();
  const halvings = new Map([[input, 0]]);
  const normed = new Set<string>();
  /** By picture, the buffer of the validity of its pixels. */
  const masked = new Map<string, string>();

  const sourceOf = (name: string): Source => ({
    channels: plan.channels.get(name)!,
    form: name === input ? 'planes' : 'quads',
    normed: normed.has(name),
    masked: masked.has(name),
  });
  const buffersOf = (name: string): string[] => [
    name,
    ...(normed.has(name) ? [`${name} norm`] : []),
    ...(masked.has(name) ? [masked.get(name)!] : []),
  ];

  /** The buffer of validity after so many halvings, which is made where it is first asked for. */
  function validityAt(level: number): string {
    const name = validityName(level);
    if (level === 0 || scratch.has(name)) return name;
    const finer = validityAt(level - 1);
    scratch.set(name, (size) => areaOf(halved(size, level)));
    passes.push({
      ...{ from: level - 1, to: level, code: halveValidityShader(), buffers: [finer, name] },
      workgroups: (made) => [Math.ceil(areaOf(made) / THREADS_BY_ROW), 1, 1],
    });
    return name;
  }

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
    const level = masks ? (norm?.level ?? null) : null;
    const onTheWay = norm !== null && level === null;
    passes.push({
      ...levels,
      code: denseShader({ ...shape, source, relu, moments: onTheWay }),
      buffers: [...buffersOf(from), weights, bias, to, ...(onTheWay ? [moments] : [])],
      workgroups: (made) => [tilesOf(made)[1], tilesOf(made)[0], tiling.blocks],
    });
    if (norm === null) return;
    const values = quadsOf(channels) * 2 * QUAD;
    if (level === null) scratch.set(moments, (size) => areaOf(tilesOf(halved(size, levels.to))) * values);
    else measure(to, channels, level, moments);
    scratch.set(`${to} norm`, () => values);
    passes.push({
      ...levels,
      code: settleShader({ channels, ...norm, parts: level === null ? tiling : 'valid rows' }),
      buffers: [moments, keep(`${to} affine`, layAffine(norm.gamma, norm.beta)), `${to} norm`],
      workgroups: () => [norm.groups, 1, 1],
    });
    normed.add(to);
  }

  /** Takes moments of the valid pixels of a picture, and has the others read as 0. */
  function measure(picture: string, channels: number, level: number, moments: string): void {
    const valid = validityAt(level);
    const [at, quads] = [halvings.get(picture)!, quadsOf(channels)];
    scratch.set(moments, (size) => halved(size, at)[0] * quads * VECTORS_OF_ROW * QUAD);
    passes.push({
      ...{ from: at, to: at, code: measureShader(channels), buffers: [picture, valid, moments] },
      workgroups: ([rows]) => [Math.ceil((rows * quads) / THREADS_BY_ROW), 1, 1],
    });
    masked.set(picture, valid);
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
  const entry = { buffer: input, channels: plan.channels.get(input)! };
  const valid = masked.size > 0 ? validityName(0) : null;
  return { input: entry, valid, passes, constants, scratch, outputs };
}

function validityName(level: number): string {
  return `validity ${level}`;
}

function areaOf([rows, columns]: Size): number {
  return rows * columns;
}

function padded(values: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(length);
  all.set(values);
  return all;
}
