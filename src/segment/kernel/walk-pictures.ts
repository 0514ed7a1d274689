import type { OnnxGraph, OnnxNode } from './onnx';
import type { Convolution, PicturePort, PictureStep } from './picture-plan';
import { convolutionOf } from './plan-convolution';
import { divisionOf } from './plan-division';
import { maskedNormOf, normOf } from './plan-norm';
import { walkValidity } from './walk-validity';

export interface PictureWalk {
  /** Nodes that were understood, from the first. */
  readonly done: number;
  readonly inputs: readonly PicturePort[];
  readonly steps: readonly PictureStep[];
  readonly channels: ReadonlyMap<string, number>;
  /** Inputs that are divided by the sums of their weights before anything else is done with them. */
  readonly divided: readonly string[];
  /** How a tensor that is a picture, or one that has become [pixels, channels], leaves; null for all others. */
  output(tensor: string): PicturePort | null;
}

/** One mirrored pixel around rows and columns. */
const RING = [0, 0, 1, 1, 0, 0, 1, 1];
const TO_PIXELS = [0, 2, 3, 1];
const FROM_PIXELS = [2, 0, 1];

/** Goes through the first `end` nodes of a graph as far as they are steps of pictures. */
export function walkPictures(graph: OnnxGraph, end: number): PictureWalk {
  const { nodes, constants } = graph;
  const uses = countUses(graph);
  const inputs: PicturePort[] = [];
  const steps: PictureStep[] = [];
  const channels = new Map<string, number>();
  /** By tensor: its picture; the same picture where a tensor only renames it. */
  const pictures = new Map<string, string>();
  const mirrored = new Map<string, string>();
  const asPixels = new Map<string, string>();
  const divided: string[] = [];
  const validity = walkValidity(graph);

  function picture(tensor: string): string | null {
    const known = pictures.get(tensor);
    if (known !== undefined) return known;
    const input = graph.inputs.find(({ name }) => name === tensor);
    if (input?.shape.length !== 4 || input.shape[0] !== 1 || !input.shape[1]) return null;
    return enter(tensor, tensor, 'planes', input.shape[1]);
  }

  function enter(name: string, tensor: string, layout: PicturePort['layout'], count: number): string {
    inputs.push({ name, picture: tensor, layout });
    channels.set(tensor, count);
    pictures.set(tensor, tensor);
    return tensor;
  }

  function make(step: PictureStep, count: number): number {
    steps.push(step);
    channels.set(step.to, count);
    pictures.set(step.to, step.to);
    return 1;
  }

  /** The convolution that has just made a picture that no one else looks at, `looks` times in all. */
  function lastConvolution(tensor: string, looks: number): Convolution | null {
    const last = steps.at(-1);
    return last?.kind === 'convolution' && last.to === pictures.get(tensor) && uses.get(tensor) === looks ? last : null;
  }

  /** Nodes taken from `at` on; 0 where they are not understood. */
  function take(at: number): number {
    const node = nodes[at]!;
    const [first = '', second = ''] = node.inputs;
    const out = node.outputs[0]!;
    const rename = (to: string, taken: number): number => {
      pictures.set(to, pictures.get(first)!);
      return taken;
    };
    const ofValidity = validity.take(at);
    if (ofValidity > 0) return ofValidity;
    switch (node.kind) {
      case 'Pad': {
        const source = picture(first);
        const isRing = node.attributes.get('mode')?.text === 'reflect' && same(constants.get(second)?.integers, RING);
        if (source === null || !isRing) return 0;
        mirrored.set(out, source);
        return 1;
      }
      case 'Conv':
      case 'ConvTranspose': {
        const source = mirrored.get(first) ?? picture(first);
        if (source === null) return 0;
        const from = { picture: source, bands: channels.get(source)!, mirrored: mirrored.has(first) };
        const step = convolutionOf(node, constants, from);
        return step === null ? 0 : make(step, step.channels);
      }
      case 'Mul':
        if (validity.levelOf(second) === 0 && graph.inputs.some(({ name }) => name === first)) {
          // What is not valid is 0 when it enters.
          return picture(first) === null || uses.get(first) !== 1 ? 0 : rename(out, 1);
        }
        return takeNorm(first, maskedNormOf(graph, at, validity));
      case 'Reshape':
        return takeNorm(first, normOf(graph, at, uses));
      case 'Less': {
        const division = divisionOf(graph, at);
        const total = division === null ? null : picture(division.total);
        if (division === null || total === null) return 0;
        divided.push(division.total);
        pictures.set(division.output, total);
        return division.nodes;
      }
      case 'Relu': {
        const last = lastConvolution(first, 1);
        // The kernel that filters leaves this to others.
        if (last === null || last.norm !== null || last.movement === 'filter') return 0;
        steps[steps.length - 1] = { ...last, relu: true };
        return rename(out, 1);
      }
      case 'Add': {
        const [one, other] = [picture(first), picture(second)];
        if (one === null || other === null || channels.get(one) !== channels.get(other)) return 0;
        return make({ kind: 'add', of: [one, other], to: out }, channels.get(one)!);
      }
      case 'Concat': {
        const of = node.inputs.map(picture).filter((name) => name !== null);
        if (node.attributes.get('axis')?.number !== 1 || of.length !== node.inputs.length) return 0;
        const count = of.reduce((sum, name) => sum + channels.get(name)!, 0);
        return make({ kind: 'join', of, to: out }, count);
      }
      case 'Identity':
        if (asPixels.has(first)) asPixels.set(out, asPixels.get(first)!);
        else if (picture(first) === null) return 0;
        else rename(out, 1);
        return 1;
      case 'Transpose':
        return takePixels(node, nodes[at + 1]);
      default:
        return 0;
    }
  }

  /** Nodes of a norm over the convolution that has just made a picture, at which it looks twice. */
  function takeNorm(tensor: string, found: ReturnType<typeof normOf>): number {
    const last = lastConvolution(tensor, 2);
    if (found === null || last === null || last.relu || last.norm !== null) return 0;
    if (found.norm.gamma.length !== last.channels) return 0;
    steps[steps.length - 1] = { ...last, norm: found.norm };
    pictures.set(found.output, pictures.get(tensor)!);
    return found.nodes;
  }

  /** Two nodes that only change the order in which a picture lies. */
  function takePixels({ inputs: [tensor = ''], outputs, attributes }: OnnxNode, next: OnnxNode | undefined): number {
    const order = attributes.get('perm')?.integers;
    if (next?.inputs[0] !== outputs[0] || uses.get(outputs[0]!) !== 1) return 0;
    const numbers = constants.get(next.inputs[1] ?? '')?.integers;
    if (next.kind === 'Reshape' && same(order, TO_PIXELS)) {
      const source = picture(tensor);
      if (source === null || numbers?.length !== 2 || numbers[1] !== channels.get(source)) return 0;
      asPixels.set(next.outputs[0]!, source);
      return 2;
    }
    const input = graph.inputs.find(({ name }) => name === tensor);
    const isInput = input?.shape.length === 3 && Boolean(input.shape[2]) && uses.get(tensor) === 1;
    if (next.kind !== 'Unsqueeze' || !same(order, FROM_PIXELS) || !same(numbers, [0]) || !isInput) return 0;
    enter(tensor, next.outputs[0]!, 'pixels', input.shape[2]!);
    return 2;
  }

  let done = 0;
  while (done < end) {
    const taken = take(done);
    if (taken === 0 || done + taken > end) break;
    done += taken;
  }
  const output = (name: string): PicturePort | null => {
    const flat = asPixels.get(name);
    if (flat !== undefined) return { name, picture: flat, layout: 'pixels' };
    const planes = pictures.get(name);
    return planes === undefined ? null : { name, picture: planes, layout: 'planes' };
  };
  return { done, inputs, steps, channels, divided, output };
}

/** How often each tensor is looked at, by nodes and from outside. */
function countUses({ nodes, outputs }: OnnxGraph): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const name of [...nodes.flatMap(({ inputs }) => inputs), ...outputs]) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

function same(numbers: readonly number[] | null | undefined, expected: readonly number[]): boolean {
  return numbers?.length === expected.length && expected.every((value, at) => value === numbers[at]);
}
