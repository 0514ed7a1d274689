import { isMatrix, isShape, isSizes } from './constants';
import { matchInnerForm } from './form';
import type { OnnxGraph, OnnxNode } from './onnx';
import type { GroupNorm } from './picture-plan';
import type { ValidityWalk } from './walk-validity';

/** A norm, the tensor that it makes, and the nodes that it consists of. */
interface FoundNorm {
  readonly norm: GroupNorm;
  readonly output: string;
  readonly nodes: number;
}

/** The operators of a GroupNorm with ReLU, in the order in which the exporter writes them. */
const NORM = ['Reshape', 'InstanceNormalization', 'Shape', 'Reshape', 'Mul', 'Add', 'Relu'] as const;

/**
 * The same over the pixels that are valid, as the exporter writes it: mean and spread of each channel, averaged over its
 * group, what is not valid becoming 0. `share` is the share of the pixels that are.
 */
const MASKED_NORM = [
  'Mul raw valid',
  'ReduceMean axes=2,3 keepdims=0 0',
  'MatMul 1 #average',
  'Div 2 share',
  'Unsqueeze 3 #axes',
  'Sub raw 4',
  'Mul 5 valid',
  'Mul 6 6',
  'ReduceMean axes=2,3 keepdims=0 7',
  'MatMul 8 #average',
  'Div 9 share',
  'Add 10 #epsilon',
  'Sqrt 11',
  'Reciprocal 12',
  'Mul 13 #gamma',
  'Unsqueeze 14 #axes',
  'Mul 6 15',
  'Add 16 #beta',
  'Relu 17',
  'Mul 18 valid',
];

/** Stands for the size of an axis that takes whatever is left. */
const REST = -1;

/**
 * The GroupNorm with ReLU that begins at a node, over a tensor that two of its nodes look at, and no one else; null where
 * there is none.
 */
export function normOf(
  { nodes, constants }: OnnxGraph,
  at: number,
  uses: ReadonlyMap<string, number>,
): FoundNorm | null {
  const part = nodes.slice(at, at + NORM.length);
  if (part.length < NORM.length || part.some(({ kind }, place) => kind !== NORM[place]) || !isChain(part, uses)) {
    return null;
  }
  const [rows, instance, , , mul, add, relu] = part as [OnnxNode, ...OnnxNode[]];
  const constant = (node: OnnxNode | undefined, input: number) => constants.get(node?.inputs[input] ?? '');
  const sizes = constant(rows, 1)?.integers;
  const ones = constant(instance, 1)?.values;
  const zeros = constant(instance, 2)?.values;
  const epsilon = instance?.attributes.get('epsilon')?.number;
  const gamma = constant(mul, 1);
  const beta = constant(add, 1);
  const groups = sizes?.[1] ?? 0;
  const isGroups = sizes?.length === 3 && sizes[0] === 1 && sizes[2] === REST;
  // The norm's own scale and shift are left at 1 and 0; the real ones follow it.
  const isPlain = ones?.length === groups && ones.every((value) => value === 1) && zeros?.every((value) => value === 0);
  if (!isGroups || !isPlain || epsilon === undefined || !gamma?.values || !beta?.values) return null;
  const count = gamma.values.length;
  const perChannel = [gamma, beta].every(({ shape }) => shape.join() === `${count},1,1`);
  if (!perChannel || count % groups !== 0) return null;
  const norm = { groups, epsilon, gamma: gamma.values, beta: beta.values, level: null };
  return { norm, output: relu!.outputs[0]!, nodes: NORM.length };
}

/** The masked GroupNorm with ReLU that begins at a node, as `normOf`. */
export function maskedNormOf(graph: OnnxGraph, at: number, validity: ValidityWalk): FoundNorm | null {
  const [raw = '', valid = ''] = graph.nodes[at]!.inputs;
  const level = validity.levelOf(valid);
  if (level === null) return null;
  const match = matchInnerForm(graph, at, MASKED_NORM, { raw, valid, share: validity.shareOf(level) });
  if (match === null) return null;
  const constant = (name: string) => match.constants.get(name);
  const [average, gamma, beta] = ['average', 'gamma', 'beta'].map((name) => constant(name)?.values ?? null);
  const [epsilon] = constant('epsilon')?.values ?? [];
  if (!average || !gamma || !beta || epsilon === undefined || !isSizes(constant('axes'), [2, 3])) return null;
  const count = gamma.length;
  const width = Math.round(1 / average[0]!);
  const isGroup = (row: number, column: number): boolean => Math.floor(row / width) === Math.floor(column / width);
  const isMean = isMatrix(constant('average'), count, count, (row, at) => (isGroup(row, at) ? 1 / width : 0));
  if (!isMean || count % width !== 0 || !isShape(constant('beta'), [count, 1, 1])) return null;
  const norm = { groups: count / width, epsilon, gamma, beta, level };
  return { norm, output: match.makes.at(-1)!, nodes: MASKED_NORM.length };
}

/** Whether each node takes the last one's output, but for `Shape`, which looks at what goes in; and no one else does. */
function isChain(part: readonly OnnxNode[], uses: ReadonlyMap<string, number>): boolean {
  const start = part[0]!.inputs[0]!;
  let before = start;
  return part.every(({ kind, inputs, outputs }, place) => {
    if (kind === 'Shape') return inputs[0] === start && uses.get(outputs[0]!) === 1;
    if (inputs[0] !== before) return false;
    // The second `Reshape` takes its sizes from `Shape`.
    if (place === 3 && inputs[1] !== part[2]!.outputs[0]) return false;
    before = outputs[0]!;
    return place === part.length - 1 || uses.get(before) === 1;
  });
}
