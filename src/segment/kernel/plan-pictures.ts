import type { OnnxGraph, OnnxNode } from './onnx';
import { withoutFirstNodes } from './onnx-rest';
import type { PicturePlan, PicturePort } from './picture-plan';
import { readGraph } from './read-graph';
import { walkPictures } from './walk-pictures';

/** What our own kernels do of a graph, and what is left to the runtime. */
export interface StagePlan extends PicturePlan {
  /** The graph from where the kernels end, which takes their outputs as planes; null where nothing is left. */
  readonly rest: Uint8Array<ArrayBuffer> | null;
}

/**
 * The longest beginning of a graph that our own kernels do, or null where there is none: other graphs run on the runtime.
 * Only what is known is taken, node by node; a kernel must never guess.
 */
export function planPictures(file: Uint8Array): StagePlan | null {
  const graph = readGraph(file);
  if (graph === null) return null;
  for (let end = walkPictures(graph, graph.nodes.length).done; end > 0; end -= 1) {
    const plan = planUntil(graph, end);
    if (plan === null || plan.steps.length === 0) continue;
    const left = end < graph.nodes.length;
    const names = plan.outputs.map(({ name }) => name);
    return { ...plan, rest: left ? withoutFirstNodes(file, end, names) : null };
  }
  return null;
}

/** The first `end` nodes as steps; null where they are not such, or end in the middle of one. */
function planUntil(graph: OnnxGraph, end: number): PicturePlan | null {
  const walked = walkPictures(graph, end);
  if (walked.done !== end) return null;
  const left = graph.nodes.slice(end);
  const made = new Set(graph.nodes.slice(0, end).flatMap(({ outputs }) => outputs));
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const isLost = (name: string): boolean => made.has(name) || inputs.has(name);
  // What is left begins anew: it sees none of the inputs, and cannot hand on what was made before.
  if (left.length > 0 && graph.outputs.some(isLost)) return null;
  if (left.some((node) => node.inputs.some((name) => inputs.has(name)))) return null;
  const wanted = left.length === 0 ? graph.outputs : crossing(left, made);
  const outputs = wanted.map((name) => walked.output(name));
  if (!outputs.every((port): port is PicturePort => port !== null)) return null;
  if (left.length > 0 && outputs.some(({ layout }) => layout !== 'planes')) return null;
  const { inputs: taken, steps, channels, divided } = walked;
  return { inputs: taken, steps, outputs, channels, divided };
}

/** Tensors that the nodes that are left take from those before. */
function crossing(left: readonly OnnxNode[], made: ReadonlySet<string>): string[] {
  return [...new Set(left.flatMap(({ inputs }) => inputs).filter((name) => made.has(name)))];
}
