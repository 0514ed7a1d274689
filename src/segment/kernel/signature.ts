import type { OnnxConstant, OnnxGraph } from './onnx';

/** A graph's form as text, and the constants that the text only counts. */
export interface Signature {
  /** One line per node. */
  readonly lines: readonly string[];
  readonly constants: readonly OnnxConstant[];
}

/**
 * A graph as lines such as `MatMul 6 #2`: operator, attributes in the order of their names, inputs. An input is the number
 * of the line that gives it, `#n` for the n-th constant, or the name of an input of the graph. Two graphs of the same
 * lines do the same with their constants, whatever their tensors are called.
 */
export function signatureOf({ nodes, constants, inputs }: OnnxGraph): Signature {
  const names = new Map(inputs.map(({ name }) => [name, name]));
  const met: OnnxConstant[] = [];
  const lines = nodes.map(({ kind, inputs: taken, outputs, attributes }, line) => {
    const of = taken.map((name) => {
      const constant = constants.get(name);
      if (constant !== undefined && !names.has(name)) names.set(name, `#${met.push(constant) - 1}`);
      return names.get(name) ?? '?';
    });
    outputs.forEach((name, at) => names.set(name, at === 0 ? String(line) : `${line}.${at}`));
    const said = [...attributes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${spell(value)}`);
    return [kind, ...said, ...of].join(' ');
  });
  return { lines, constants: met };
}

function spell({ integers, text, number }: { integers: readonly number[]; text: string; number: number }): string {
  if (integers.length > 0) return integers.join();
  return text === '' ? String(number) : text;
}
