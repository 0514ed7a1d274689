/** Graphs of networks that mask, as the exporter writes them. */
import { aggregateForm, attentionForm } from '../../../../src/segment/kernel/attention-form';
import { matchForm } from '../../../../src/segment/kernel/form';
import { type OnnxConstant, parseOnnx } from '../../../../src/segment/kernel/onnx';
import { type Attributes, type GraphWriter, writeGraph } from '../support/onnx-graph';
import { convolution, HEADS, plainAttention } from './graphs';
import { draw } from './support';

const LISTS = new Set(['axes', 'perm', 'kernel_shape', 'strides']);

function attributesOf(spelled: readonly string[]): Attributes {
  const read = (name: string, value: string): number | string | readonly number[] => {
    if (LISTS.has(name)) return value.split(',').map(Number);
    return /^\d+$/.test(value) ? Number(value) : value;
  };
  return Object.fromEntries(
    spelled.map((entry) => {
      const [name = '', value = ''] = entry.split('=');
      return [name, read(name, value)];
    }),
  );
}

/** Writes the nodes of a form (`matchForm`); `outputs` names what lines make, by their numbers. */
function writeNodes(
  graph: GraphWriter,
  form: readonly string[],
  aliases: Readonly<Record<string, string>>,
  constants: Readonly<Record<string, string>>,
  outputs: Readonly<Record<number, string>> = {},
): string[] {
  const makes: string[] = [];
  for (const [at, text] of form.entries()) {
    const [kind = '', ...rest] = text.split(' ');
    const said = rest.filter((token) => token.includes('='));
    const inputs = rest
      .filter((token) => !token.includes('='))
      .map((token) => {
        if (token === '?') return '';
        if (token.startsWith('#')) return constants[token.slice(1)]!;
        return /^\d+$/.test(token) ? makes[Number(token)]! : aliases[token]!;
      });
    makes.push(graph.op(kind, inputs, attributesOf(said), outputs[at]));
  }
  return makes;
}

function write(graph: GraphWriter, { values, integers, shape }: OnnxConstant): string {
  return values === null ? graph.sizes(...(integers ?? [])) : graph.constant(values, ...shape);
}

/** The zoo's attention with its constants, which masks, and hands on vectors, weights, or both. */
export function maskedAttention(embeds: boolean, weighs: boolean): Uint8Array<ArrayBuffer> {
  const plain = parseOnnx(plainAttention);
  const known = { features: 'features', days: 'days' };
  const found = matchForm(plain, 0, attentionForm({ masks: false, embeds: true, weighs: false }), known)!;
  const graph = writeGraph();
  const channels = found.constants.get('queries')!.shape[0]!;
  const aliases = {
    features: graph.input('features', ['dates', 'pixels', channels]),
    days: graph.input('days', ['dates']),
    valid: graph.input('valid', ['dates', 'pixels']),
  };
  const constants = Object.fromEntries([...found.constants].map(([name, constant]) => [name, write(graph, constant)]));
  const more = { whole: graph.constant(Float32Array.of(1)), penalty: graph.constant(Float32Array.of(1e6)) };
  const form = attentionForm({ masks: true, embeds, weighs });
  const vectors = attentionForm({ masks: true, embeds, weighs: false }).length - 1;
  const outputs = { ...(embeds && { [vectors]: 'embedding' }), ...(weighs && { [form.length - 1]: 'weights' }) };
  writeNodes(graph, form, aliases, { ...constants, ...more }, outputs);
  return graph.model(...Object.values(outputs));
}

/** Maps of some levels added up with weights of valid pixels alone. */
export function maskedAggregate(levels: number, heads: number, channels: number): Uint8Array<ArrayBuffer> {
  const graph = writeGraph();
  const aliases: Record<string, string> = {
    weights: graph.input('weights', [1, heads, 'coarse_rows', 'coarse_columns']),
    valid: graph.input('valid', [1, 1, 'rows', 'columns']),
  };
  for (let level = 0; level < levels; level += 1) {
    for (const [name, depth] of [
      ['skip', channels],
      ['sum', channels],
      ['weightsum', heads],
    ] as const) {
      aliases[`${name}${level}`] = graph.input(`${name}${level}`, [1, depth, `rows${level}`, `columns${level}`]);
    }
  }
  const form = aggregateForm(levels, true);
  const constants = { oneMap: graph.sizes(1, heads), byHead: graph.sizes(heads, -1) };
  const outputs: Record<number, string> = {};
  form.forEach((line, at) => {
    const [, name = '', level = ''] = /^Add (sum|weightsum)(\d)/.exec(line) ?? [];
    if (name !== '') outputs[at] = `${name.replace('sum', 'total')}${level}`;
  });
  writeNodes(graph, form, aliases, constants, outputs);
  return graph.model(...Object.values(outputs));
}

/** A map of validity at one scale, and its share. */
export interface MaskedLevel {
  readonly valid: string;
  readonly share: string;
}

export function maskedLevel(graph: GraphWriter, valid: string): MaskedLevel {
  const mean = graph.op('ReduceMean', [valid], { axes: [2, 3], keepdims: 0 });
  return { valid, share: graph.op('Max', [mean, graph.constant(Float32Array.of(1e-6))]) };
}

export function halvedLevel(graph: GraphWriter, { valid }: MaskedLevel): MaskedLevel {
  return maskedLevel(graph, graph.op('MaxPool', [valid], { kernel_shape: [2, 2], strides: [2, 2] }));
}

/** GroupNorm and ReLU over valid pixels. */
export function maskedNorm(
  graph: GraphWriter,
  raw: string,
  { valid, share }: MaskedLevel,
  channels: number,
  groups: number,
  seed: number,
): string {
  const width = channels / groups;
  const average = Float32Array.from({ length: channels * channels }, (_, at) =>
    Math.floor(at / channels / width) === Math.floor((at % channels) / width) ? 1 / width : 0,
  );
  const mean = (of: string): string => {
    const all = graph.op('ReduceMean', [of], { axes: [2, 3], keepdims: 0 });
    return graph.op('Div', [graph.op('MatMul', [all, graph.constant(average, channels, channels)]), share]);
  };
  const centre = graph.op('Unsqueeze', [mean(graph.op('Mul', [raw, valid])), graph.sizes(2, 3)]);
  const kept = graph.op('Mul', [graph.op('Sub', [raw, centre]), valid]);
  const variance = mean(graph.op('Mul', [kept, kept]));
  const safe = graph.op('Add', [variance, graph.constant(Float32Array.of(1e-5))]);
  const gamma = draw(channels, seed).map((value) => 1 + value / 2);
  const scaled = graph.op('Mul', [graph.op('Reciprocal', [graph.op('Sqrt', [safe])]), graph.constant(gamma, channels)]);
  const sized = graph.op('Mul', [kept, graph.op('Unsqueeze', [scaled, graph.sizes(2, 3)])]);
  const shifted = graph.op('Add', [sized, graph.constant(draw(channels, seed + 1), channels, 1, 1)]);
  return graph.op('Mul', [graph.op('Relu', [shifted]), valid]);
}

/** An encoder of two scales: features at the coarse one, a map at the fine one. */
export function maskedEncoder(bands: number, channels: number): Uint8Array<ArrayBuffer> {
  const graph = writeGraph();
  const pixels = graph.input('pixels', [1, bands, 'rows', 'columns']);
  const fine = maskedLevel(graph, graph.input('valid', [1, 1, 'rows', 'columns']));
  const kept = graph.op('Mul', [pixels, fine.valid]);
  const raw = convolution(graph, kept, { bands, channels, side: 3, seed: 1 });
  const full = maskedNorm(graph, raw, fine, channels, 4, 3);
  const halved = convolution(graph, full, { bands: channels, channels, side: 4, seed: 5 });
  const coarse = halvedLevel(graph, fine);
  const body = maskedNorm(graph, halved, coarse, channels, 4, 7);
  const again = convolution(graph, body, { bands: channels, channels, side: 3, seed: 9 });
  const sum = graph.op('Add', [body, maskedNorm(graph, again, coarse, channels, 4, 11)]);
  const byPixel = graph.op('Transpose', [sum], { perm: [0, 2, 3, 1] });
  graph.op('Reshape', [byPixel, graph.sizes(-1, channels)], {}, 'features');
  graph.op('Identity', [full], {}, 'skip0');
  return graph.model('features', 'skip0');
}

/** A decoder that divides its sum by that of the weights, and convolves it. */
export function maskedDecoder(channels: number, classes: number): Uint8Array<ArrayBuffer> {
  const graph = writeGraph();
  const total = graph.input('total0', [1, channels, 'rows', 'columns']);
  const weights = graph.input('weighttotal0', [1, HEADS, 'rows', 'columns']);
  const one = graph.constant(Float32Array.of(1));
  const by = graph.op('Where', [graph.op('Less', [weights, graph.constant(Float32Array.of(1e-6))]), one, weights]);
  const shape = graph.op('Concat', [graph.sizes(HEADS, -1), graph.op('Shape', [total], { start: 2 })], { axis: 0 });
  const byHead = graph.op('Reshape', [total, shape]);
  const divided = graph.op('Div', [byHead, graph.op('Transpose', [by], { perm: [1, 0, 2, 3] })]);
  const map = graph.op('Reshape', [divided, graph.op('Shape', [total])]);
  const hidden = graph.op('Relu', [convolution(graph, map, { bands: channels, channels, side: 3, seed: 21 })]);
  const scores = convolution(graph, hidden, { bands: channels, channels: classes, side: 1, seed: 23 });
  graph.op('Identity', [scores], {}, 'logits');
  return graph.model('logits');
}
