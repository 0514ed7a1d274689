/** Graphs as the exporter writes them. */
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { parseOnnx } from '../../../../src/segment/kernel/onnx';
import { fieldsOf, join, message, text, writtenVarint } from '../../../../src/segment/kernel/protobuf';
import { type GraphWriter, writeGraph } from '../support/onnx-graph';
import { draw } from './support';

const RING = [0, 0, 1, 1, 0, 0, 1, 1];

/** A convolution as the exporter writes it; `separable` is depthwise. */
export function convolution(
  graph: GraphWriter,
  x: string,
  {
    bands,
    channels,
    side,
    seed,
    separable = false,
  }: Record<'bands' | 'channels' | 'side' | 'seed', number> & {
    readonly separable?: boolean;
  },
): string {
  const depth = separable ? 1 : bands;
  const values = draw(channels * depth * side * side, seed).map((value) => value / Math.sqrt(depth * side));
  const kernel = graph.constant(values, channels, depth, side, side);
  const padded = side === 1 ? x : graph.op('Pad', [x, graph.sizes(...RING)], { mode: 'reflect' });
  const strides = side === 4 ? [2, 2] : [1, 1];
  const bias = separable ? [] : [graph.constant(draw(channels, seed + 1), channels)];
  return graph.op('Conv', [padded, kernel, ...bias], { strides, ...(separable && { group: channels }) });
}

/** GroupNorm and ReLU as the exporter writes them. */
export function groupNorm(graph: GraphWriter, x: string, channels: number, groups: number, seed: number): string {
  const rows = graph.op('Reshape', [x, graph.sizes(1, groups, -1)]);
  const flat = [new Float32Array(groups).fill(1), new Float32Array(groups)].map((values) =>
    graph.constant(values, groups),
  );
  const normed = graph.op('InstanceNormalization', [rows, ...flat], { epsilon: 1e-5 });
  const image = graph.op('Reshape', [normed, graph.op('Shape', [x])]);
  const gamma = graph.constant(
    draw(channels, seed).map((value) => 1 + value / 2),
    channels,
    1,
    1,
  );
  const beta = graph.constant(draw(channels, seed + 1), channels, 1, 1);
  return graph.op('Relu', [graph.op('Add', [graph.op('Mul', [image, gamma]), beta])]);
}

/** Of the zoo's attention. */
export const CHANNELS = 64;
export const HEADS = 16;

/** The attention of a Time-Unet that does not mask, as the exporter wrote it. */
export const plainAttention = readFileSync(joinPath(import.meta.dirname, 'fixtures/attention.onnx'));

/** `plainAttention` that hands on its weights too, as that of U-TAE does. */
export function attentionWithWeights(): Uint8Array<ArrayBuffer> {
  const softmax = parseOnnx(plainAttention).nodes.find(({ kind }) => kind === 'Softmax')!.outputs[0]!;
  const perm = join([
    message(1, text('perm')),
    ...[2, 1, 0].map((axis) => join([writtenVarint(64), writtenVarint(axis)])),
  ]);
  const attribute = message(5, join([perm, writtenVarint(160), writtenVarint(7)]));
  const node = join([message(1, text(softmax)), message(2, text('weights')), message(4, text('Transpose')), attribute]);
  const output = join([message(1, text('weights')), message(2, message(1, Uint8Array.of(8, 1)))]);
  const fields = fieldsOf(plainAttention).map(({ number, bytes, raw }) =>
    number === 7 ? message(7, join([bytes, message(1, node), message(12, output)])) : raw,
  );
  return join(fields);
}

/** Maps of some levels added up as the exporter writes it; `mode` is how weights are enlarged. */
export function aggregateModel(
  levels: readonly number[],
  heads: number,
  channels: number,
  mode = 'linear',
): Uint8Array<ArrayBuffer> {
  const graph = writeGraph();
  const weights = graph.input('weights', [1, heads, 'coarse_rows', 'coarse_columns']);
  for (const level of levels) {
    const shape = [1, channels, `rows${level}`, `columns${level}`];
    const [skip, before] = [graph.input(`skip${level}`, shape), graph.input(`sum${level}`, shape)];
    const sizeOf = (): string => graph.op('Shape', [skip], { start: 2 });
    const sizes = graph.op('Concat', [graph.sizes(1, heads), sizeOf()], { axis: 0 });
    const attributes = { mode, coordinate_transformation_mode: 'half_pixel' };
    const enlarged = graph.op('Resize', [weights, '', '', sizes], attributes);
    const grouped = graph.op('Concat', [graph.sizes(heads, -1), sizeOf()], { axis: 0 });
    const byHead = graph.op('Reshape', [skip, grouped]);
    const weighed = graph.op('Mul', [byHead, graph.op('Transpose', [enlarged], { perm: [1, 0, 2, 3] })]);
    const added = graph.op('Reshape', [weighed, graph.op('Shape', [skip])]);
    graph.op('Add', [before, added], {}, `total${level}`);
  }
  return graph.model(...levels.map((level) => `total${level}`));
}
