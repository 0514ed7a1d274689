import type { OnnxGraph, OnnxNode } from './onnx';
import type { GroupNorm } from './picture-plan';

/** The operators of a GroupNorm with ReLU, in the order in which the exporter writes them. */
const NORM = ['Reshape', 'InstanceNormalization', 'Shape', 'Reshape', 'Mul', 'Add', 'Relu'] as const;

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
): { readonly norm: GroupNorm; readonly output: string; readonly nodes: number } | null {
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
  const norm = { groups, epsilon, gamma: gamma.values, beta: beta.values };
  return { norm, output: relu!.outputs[0]!, nodes: NORM.length };
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
