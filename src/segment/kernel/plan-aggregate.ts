import { aggregateForm } from './attention-form';
import { readGraph } from './read-graph';
import { signatureOf } from './signature';

/** How maps are added up with the attention's weights. */
export interface AggregatePlan {
  readonly heads: number;
  /** Levels of maps, 0 the finest. */
  readonly levels: number;
}

/** An `aggregate` stage as our own kernel does it; null where it is of another make. */
export function planAggregate(file: Uint8Array): AggregatePlan | null {
  const graph = readGraph(file);
  if (graph === null) return null;
  const { lines, constants } = signatureOf(graph);
  const levels = graph.outputs.length;
  const heads = constants[0]?.integers?.[1] ?? 0;
  const lengthOfLevel = lines.length / levels;
  const expected: string[] = [];
  for (let level = 0; level < levels; level += 1) expected.push(...aggregateForm(level, expected.length, level * 2));
  const hasSizes = (at: number, sizes: string): boolean => constants[at]?.integers?.join() === sizes;
  const isLevel = (name: string, level: number): boolean =>
    name === `total${level}` &&
    graph.nodes[(level + 1) * lengthOfLevel - 1]?.outputs[0] === name &&
    hasSizes(level * 2, `1,${heads}`) &&
    hasSizes(level * 2 + 1, `${heads},-1`);
  const isKnown = heads > 0 && lines.join() === expected.join() && graph.outputs.every(isLevel);
  return isKnown ? { heads, levels } : null;
}
