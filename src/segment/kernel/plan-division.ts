import { matchInnerForm } from './form';
import type { OnnxGraph } from './onnx';

/** A sum of maps divided by the sum of its weights, where that is not as good as 0, as the exporter writes it. */
const DIVISION = [
  'Less weights #least',
  'Where 0 #whole weights',
  'Shape start=2 total',
  'Concat axis=0 #byHead 2',
  'Reshape total 3',
  'Transpose perm=1,0,2,3 1',
  'Div 4 5',
  'Shape total',
  'Reshape 6 7',
];

/** The kernel that divides has it in its code. */
const LEAST_SHARE = Math.fround(1e-6);

/** The division of an input `total0`, ... that begins at a node; null where there is none. */
export function divisionOf(
  graph: OnnxGraph,
  at: number,
): { readonly total: string; readonly output: string; readonly nodes: number } | null {
  const [weights = ''] = graph.nodes[at]!.inputs;
  const total = weights.replace(/^weighttotal(?=\d+$)/, 'total');
  if (total === weights || !graph.inputs.some(({ name }) => name === total)) return null;
  const match = matchInnerForm(graph, at, DIVISION, { weights, total });
  if (match?.constants.get('least')?.values?.[0] !== LEAST_SHARE) return null;
  const sizes = match.constants.get('byHead')?.integers;
  if (match.constants.get('whole')?.values?.[0] !== 1 || sizes?.length !== 2 || sizes[1] !== -1) return null;
  return { total, output: match.makes.at(-1)!, nodes: DIVISION.length };
}
