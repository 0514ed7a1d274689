import { aggregateForm } from './attention-form';
import { matchForm } from './form';
import { readGraph } from './read-graph';

/** How maps are added up with the attention's weights. */
export interface AggregatePlan {
  readonly heads: number;
  /** Levels of maps, 0 the finest. */
  readonly levels: number;
  /** Whether pixels of a date can be kept out; then the sums of the weights are handed on, too. */
  readonly masks: boolean;
}

/** An `aggregate` stage as our own kernel does it; null where it is of another make. */
export function planAggregate(file: Uint8Array): AggregatePlan | null {
  const graph = readGraph(file);
  if (graph === null) return null;
  const masks = graph.inputs.some(({ name }) => name === 'valid');
  const levels = graph.outputs.length / (masks ? 2 : 1);
  const form = aggregateForm(levels, masks);
  const aliases = Object.fromEntries(graph.inputs.map(({ name }) => [name, name]));
  const match = form.length === graph.nodes.length ? matchForm(graph, 0, form, aliases) : null;
  if (match === null) return null;
  const sums = form.flatMap((line, at) => (/^Add (sum|weightsum)\d/.test(line) ? [match.makes[at]] : []));
  const totals = Array.from({ length: levels }, (_, level) =>
    masks ? [`total${level}`, `weighttotal${level}`] : [`total${level}`],
  ).flat();
  const [, heads = 0] = match.constants.get('oneMap')?.integers ?? [];
  const isKnown =
    heads > 0 &&
    sums.join() === totals.join() &&
    [...graph.outputs].sort().join() === [...totals].sort().join() &&
    match.constants.get('oneMap')?.integers?.join() === `1,${heads}` &&
    match.constants.get('byHead')?.integers?.join() === `${heads},-1`;
  return isKnown ? { heads, levels, masks } : null;
}
