import { type OnnxConstant, type OnnxGraph, type OnnxNode, parseOnnx } from './onnx';
import { withoutFirstNodes } from './onnx-rest';

/** A 3 x 3 convolution with mirrored edges, GroupNorm and ReLU. */
export interface ConvStep {
  readonly bands: number;
  readonly channels: number;
  /** [channels, bands, 3, 3] */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly groups: number;
  readonly epsilon: number;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
}

/** Operators of one step in the order in which the exporter writes them. */
const STEP = ['Pad', 'Conv', 'Reshape', 'InstanceNormalization', 'Shape', 'Reshape', 'Mul', 'Add', 'Relu'] as const;

/** From [1, channels, rows, columns] to [pixels, channels]. */
const LAST = ['Transpose', 'Reshape'] as const;

/** What our own kernels do of an encoder, and what is left to the runtime. */
export interface EncoderPlan {
  readonly steps: readonly ConvStep[];
  /** The model without those steps and the name of its input [1, channels, rows, columns]; null where none is left. */
  readonly rest: { readonly model: Uint8Array<ArrayBuffer>; readonly input: string } | null;
}

/**
 * The steps at the beginning of an encoder that our own kernels run, or null where there is none: encoders of another
 * make run on the runtime. Only the exporter's own form is taken, node by node; a kernel must never guess.
 */
export function planEncoder(file: Uint8Array): EncoderPlan | null {
  let graph: OnnxGraph;
  try {
    graph = parseOnnx(file);
  } catch {
    // What cannot be read here the runtime reads, or reports.
    return null;
  }
  const { nodes } = graph;
  const steps: ConvStep[] = [];
  let input = nodes[0]?.inputs[0] ?? '';
  for (let at = 0; ; at += STEP.length) {
    const part = nodes.slice(at, at + STEP.length);
    const step = isStep(part, input) ? stepOf(graph, part) : null;
    if (step === null || (steps.length > 0 && step.bands !== steps.at(-1)!.channels)) break;
    steps.push(step);
    input = part.at(-1)!.outputs[0]!;
  }
  const done = steps.length * STEP.length;
  const left = nodes.slice(done);
  if (steps.length === 0 || looksBack(nodes.slice(0, done - 1), left)) return null;
  if (left.length === LAST.length && left.every(({ kind }, at) => kind === LAST[at])) return { steps, rest: null };
  return { steps, rest: { model: withoutFirstNodes(file, done, input), input } };
}

/** Whether nodes are one step: each takes the last one's output, but for `Shape`, which looks at the convolution's. */
function isStep(nodes: readonly OnnxNode[], input: string): boolean {
  if (nodes.length < STEP.length || nodes.some(({ kind }, at) => kind !== STEP[at])) return false;
  let before = input;
  let convolved = '';
  return nodes.every(({ kind, inputs, outputs }) => {
    if (kind === 'Shape') return inputs[0] === convolved;
    if (inputs[0] !== before) return false;
    before = outputs[0]!;
    if (kind === 'Conv') convolved = before;
    return true;
  });
}

/** Whether a node that is left takes something from the middle of the steps. */
function looksBack(inside: readonly OnnxNode[], left: readonly OnnxNode[]): boolean {
  const made = new Set(inside.flatMap(({ outputs }) => outputs));
  return left.some(({ inputs }) => inputs.some((name) => made.has(name)));
}

function stepOf({ constants }: OnnxGraph, nodes: readonly OnnxNode[]): ConvStep | null {
  const [pad, conv, rows, norm, , , mul, add] = nodes as [OnnxNode, ...OnnxNode[]];
  const constant = (node: OnnxNode | undefined, input: number): OnnxConstant | undefined =>
    constants.get(node?.inputs[input] ?? '');
  const kernel = constant(conv, 1);
  const [channels, bands, height, width] = kernel?.shape ?? [];
  const bias = constant(conv, 2)?.values;
  const gamma = constant(mul, 1)?.values;
  const beta = constant(add, 1)?.values;
  const strides = conv?.attributes.get('strides')?.integers ?? [];
  const groupsOfConv = conv?.attributes.get('group')?.number ?? 1;
  const epsilon = norm?.attributes.get('epsilon')?.number;
  const groups = constant(norm, 1)?.values;
  const plain = constant(norm, 2)?.values;
  const usable =
    pad.attributes.get('mode')?.text === 'reflect' &&
    height === 3 &&
    width === 3 &&
    strides.every((stride) => stride === 1) &&
    groupsOfConv === 1 &&
    rows !== undefined &&
    // The norm's own scale and shift are left at 1 and 0; the real ones follow it.
    groups?.every((value) => value === 1) === true &&
    plain?.every((value) => value === 0) === true;
  if (!usable || !kernel?.values || !bias || !gamma || !beta || epsilon === undefined) return null;
  if (channels === undefined || bands === undefined || channels % groups.length !== 0) return null;
  const { values } = kernel;
  return { bands, channels, kernel: values, bias, groups: groups.length, epsilon, gamma, beta };
}
