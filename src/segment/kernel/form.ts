import type { OnnxAttribute, OnnxConstant, OnnxGraph } from './onnx';

/** Nodes that follow a form. */
export interface FormMatch {
  /** By the names that the form gives them. */
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  /** The tensor that each line makes. */
  readonly makes: readonly string[];
}

/** A form that is written line by line; `line` gives the number of the line, as which later ones take what it makes. */
export interface FormWriter {
  readonly lines: readonly string[];
  line(text: string): number;
}

export function writeForm(): FormWriter {
  const lines: string[] = [];
  return { lines, line: (text) => lines.push(text) - 1 };
}

/**
 * Whether the nodes from `at` on follow a form, whatever their tensors are called. A line such as `MatMul 6 #keys` is an
 * operator, its attributes in the order of their names, and its inputs: the number of the line that makes it, `#name` for
 * a constant, which is the same wherever the name stands, `?` for what is left out, or an alias of a tensor.
 * @param aliases names of tensors by what the form calls them
 * @returns null where any node differs
 */
export function matchForm(
  { nodes, constants }: OnnxGraph,
  at: number,
  form: readonly string[],
  aliases: Readonly<Record<string, string>>,
): FormMatch | null {
  const names = new Map(Object.entries(aliases).map(([alias, tensor]) => [tensor, alias]));
  const met = new Map<string, OnnxConstant>();
  const makes: string[] = [];
  for (const [line, expected] of form.entries()) {
    const node = nodes[at + line];
    const [output] = node?.outputs ?? [];
    if (node === undefined || output === undefined || node.outputs.length > 1) return null;
    const slots = [...expected.matchAll(/#\w+/g)].map(([name]) => name.slice(1));
    const taken: OnnxConstant[] = [];
    const inputs = node.inputs.map((input) => {
      const constant = names.has(input) ? undefined : constants.get(input);
      if (constant !== undefined) taken.push(constant);
      return constant === undefined ? (names.get(input) ?? '?') : '#';
    });
    if ([node.kind, ...spell(node.attributes), ...inputs].join(' ') !== expected.replace(/#\w+/g, '#')) return null;
    for (const [place, constant] of taken.entries()) {
      const known = met.get(slots[place]!);
      if (known !== undefined && known !== constant && !isSame(known, constant)) return null;
      met.set(slots[place]!, constant);
    }
    names.set(output, String(line));
    makes.push(output);
  }
  return { constants: met, makes };
}

/** As `matchForm`, of nodes of which nobody else looks at what they make, but for the last one's. */
export function matchInnerForm(
  graph: OnnxGraph,
  at: number,
  form: readonly string[],
  aliases: Readonly<Record<string, string>>,
): FormMatch | null {
  const match = matchForm(graph, at, form, aliases);
  if (match === null) return null;
  const inner = new Set(match.makes.slice(0, -1));
  const outside = graph.nodes.filter((_, place) => place < at || place >= at + form.length);
  const looks = [...outside.flatMap(({ inputs }) => inputs), ...graph.outputs];
  return looks.some((name) => inner.has(name)) ? null : match;
}

function spell(attributes: ReadonlyMap<string, OnnxAttribute>): string[] {
  return [...attributes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { integers, text, number }]) => {
      const value = integers.length > 0 ? integers.join() : text === '' ? String(number) : text;
      return `${name}=${value}`;
    });
}

function isSame(one: OnnxConstant, other: OnnxConstant): boolean {
  const [a, b] = [one, other].map(({ values, integers }) => [...(values ?? integers ?? [])]);
  return (
    one.shape.join() === other.shape.join() && a!.length === b!.length && a!.every((value, at) => value === b![at])
  );
}
