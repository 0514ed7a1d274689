import { matchInnerForm } from './form';
import type { OnnxGraph } from './onnx';

/** The map of validity of a graph, at all scales at which the graph looks at it. */
export interface ValidityWalk {
  /** Halvings of the map that a tensor is; null for all other tensors. */
  levelOf(tensor: string): number | null;
  /** The tensor that is the share of the pixels of a map that are valid; empty where the graph has not found it yet. */
  shareOf(level: number): string;
  /** Nodes taken from `at` on, which halve the map or find its share; 0 where they are others. */
  take(at: number): number;
}

/** A pixel of the halved map is valid where any of its four is. */
const HALVE = ['MaxPool kernel_shape=2,2 strides=2,2 valid'];
const SHARE = ['ReduceMean axes=2,3 keepdims=0 valid', 'Max 0 #least'];

/** Share that stands for none: what is divided by it is 0 then. */
const MOST_LEAST = 1e-5;

export function walkValidity(graph: OnnxGraph): ValidityWalk {
  const levels = new Map<string, number>();
  const shares = new Map<number, string>();
  const input = graph.inputs.find(({ name }) => name === 'valid');
  if (input?.shape.length === 4 && input.shape[0] === 1 && input.shape[1] === 1) levels.set(input.name, 0);

  return {
    levelOf: (tensor) => levels.get(tensor) ?? null,
    shareOf: (level) => shares.get(level) ?? '',
    take(at) {
      const [valid = ''] = graph.nodes[at]!.inputs;
      const level = levels.get(valid);
      if (level === undefined) return 0;
      const halved = matchInnerForm(graph, at, HALVE, { valid });
      if (halved !== null) {
        levels.set(halved.makes[0]!, level + 1);
        return HALVE.length;
      }
      const found = matchInnerForm(graph, at, SHARE, { valid });
      const [least] = found?.constants.get('least')?.values ?? [];
      if (found === null || least === undefined || !(least > 0 && least <= MOST_LEAST)) return 0;
      shares.set(level, found.makes.at(-1)!);
      return SHARE.length;
    },
  };
}
