import { type OnnxConstant, type OnnxGraph, type OnnxNode, parseOnnx } from './onnx';

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

/**
 * The encoder of an ONNX file as steps that our own kernels run, or null where it is of another make: those run on the
 * runtime. Only the exporter's own form is taken, node by node; a kernel must never guess.
 */
export function planEncoder(file: Uint8Array): readonly ConvStep[] | null {
  let graph: OnnxGraph;
  try {
    graph = parseOnnx(file);
  } catch {
    // What cannot be read here the runtime reads, or reports.
    return null;
  }
  const { nodes } = graph;
  const count = (nodes.length - LAST.length) / STEP.length;
  if (!Number.isInteger(count) || count < 1) return null;
  const kinds = [...Array.from({ length: count }, () => STEP).flat(), ...LAST];
  if (nodes.some(({ kind }, at) => kind !== kinds[at]) || !isChain(nodes)) return null;
  const steps = Array.from({ length: count }, (_, step) =>
    stepOf(graph, nodes.slice(step * STEP.length, (step + 1) * STEP.length)),
  );
  return steps.every((step) => step !== null) ? steps : null;
}

/** Whether each node takes the last one's output, but for `Shape`, which looks at the convolution's again. */
function isChain(nodes: readonly OnnxNode[]): boolean {
  let before = nodes[0]!.inputs[0]!;
  let convolved = '';
  return nodes.every(({ kind, inputs, outputs }) => {
    const output = outputs[0]!;
    if (kind === 'Shape') return inputs[0] === convolved;
    if (inputs[0] !== before) return false;
    if (kind === 'Conv') convolved = output;
    before = output;
    return true;
  });
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
