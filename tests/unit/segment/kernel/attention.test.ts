import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addUp } from '../../../../src/segment/kernel/aggregate-runner';
import { createAttentionRunner } from '../../../../src/segment/kernel/attention-runner';
import { parseOnnx } from '../../../../src/segment/kernel/onnx';
import { planAggregate } from '../../../../src/segment/kernel/plan-aggregate';
import { planAttention } from '../../../../src/segment/kernel/plan-attention';
import { fieldsOf, join, message, text, writtenVarint } from '../../../../src/segment/kernel/protobuf';
import { packTensor, stripOf, unpack } from '../../../../src/segment/pack';
import type { PackedTensor, Tensors } from '../../../../src/segment';
import { writeGraph } from '../support/onnx-graph';
import { BINARIES, draw, furthest, openBinary, runReference } from './support';

const CHANNELS = 64;
const HEADS = 16;

const zoo = readFileSync(joinPath(import.meta.dirname, '../../../../models/zoo/timeunet/attention.fp32.onnx'));

/** The zoo's attention, which hands on its weights too, as that of U-TAE does. */
function withWeights(): Uint8Array {
  const softmax = parseOnnx(zoo).nodes.find(({ kind }) => kind === 'Softmax')!.outputs[0]!;
  const perm = join([
    message(1, text('perm')),
    ...[2, 1, 0].map((axis) => join([writtenVarint(64), writtenVarint(axis)])),
  ]);
  const attribute = message(5, join([perm, writtenVarint(160), writtenVarint(7)]));
  const node = join([message(1, text(softmax)), message(2, text('weights')), message(4, text('Transpose')), attribute]);
  const output = join([message(1, text('weights')), message(2, message(1, Uint8Array.of(8, 1)))]);
  const fields = fieldsOf(zoo).map(({ number, bytes, raw }) =>
    number === 7 ? message(7, join([bytes, message(1, node), message(12, output)])) : raw,
  );
  return join(fields);
}

/** Tensors as they are kept, and the floats that come back. */
function pack(
  count: number,
  length: number,
  seed: number,
): { packed: PackedTensor[]; floats: Float32Array<ArrayBuffer> } {
  const packed = Array.from({ length: count }, (_, at) =>
    packTensor({ data: draw(length, seed + at).map((value) => Math.max(0, value) * 3), shape: [length] }),
  );
  const floats = new Float32Array(count * length);
  packed.forEach((tensor, at) => unpack(floats, at * length, tensor, 0, length));
  return { packed, floats };
}

describe.each(BINARIES)('the %s attention', (_, base64) => {
  it.each([
    [1, 6],
    [2, 7],
    [13, 64],
    [30, 20],
  ])('gives for %i dates and %i pixels what onnxruntime gives', async (dates, pixels) => {
    const model = withWeights();
    const plan = planAttention(model)!;
    expect(plan).toMatchObject({ channels: CHANNELS, heads: HEADS, weights: true });
    const days = Float32Array.from({ length: dates }, (_value, at) => 20 + at * 11.5);
    const { packed, floats } = pack(dates, pixels * CHANNELS, 3);
    const run = createAttentionRunner(await openBinary(base64), plan);
    const given = run(stripOf(packed, 0, pixels * CHANNELS), days, pixels);
    const expected = await runReference(model, {
      features: { data: floats, shape: [dates, pixels, CHANNELS] },
      days: { data: days, shape: [dates] },
    });
    for (const name of ['embedding', 'weights']) {
      expect(given[name]!.shape).toEqual(expected[name]!.shape);
      const largest = expected[name]!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(furthest(given[name]!.data, expected[name]!.data) / largest).toBeLessThan(1e-4);
    }
  });

  it('hands on what is no number', async () => {
    const plan = planAttention(zoo)!;
    const { packed } = pack(3, 2 * CHANNELS, 3);
    packed[1]!.scales[0] = Number.NaN;
    const run = createAttentionRunner(await openBinary(base64), plan);
    const { embedding, weights } = run(stripOf(packed, 0, 2 * CHANNELS), Float32Array.of(1, 50, 99), 2);
    expect(weights).toBeUndefined();
    expect(embedding!.data.subarray(0, CHANNELS).every((value) => Number.isNaN(value))).toBe(true);
    expect(embedding!.data.subarray(CHANNELS).every((value) => Number.isFinite(value))).toBe(true);
  });
});

describe('an attention of another make', () => {
  it.each([
    ['Softmax', 'Sigmoid'],
    ['Transpose', 'Transform'],
    ['embedding', 'something'],
  ])('is left to the runtime: %s as %s', (from, to) => {
    expect(planAttention(zoo)).not.toBeNull();
    const file = Buffer.from(
      zoo.toString('latin1').replace(from, to.slice(0, from.length).padEnd(from.length)),
      'latin1',
    );
    expect(planAttention(file)).toBeNull();
  });
});

/** Two levels added up as the exporter writes it, `spoil` changing the mode of their enlarging. */
function aggregateModel(heads: number, channels: number, mode = 'linear'): Uint8Array {
  const graph = writeGraph();
  const weights = graph.input('weights', [1, heads, 'coarse_rows', 'coarse_columns']);
  for (const level of [0, 1]) {
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
  return graph.model('total0', 'total1');
}

describe.each(BINARIES)('the %s sum of maps', (_, base64) => {
  it.each([
    [4, 16, 16, 24],
    [4, 8, 12, 20],
    [2, 12, 16, 16],
  ])('of %i heads and %i channels is what onnxruntime adds up', async (heads, channels, rows, columns) => {
    const model = aggregateModel(heads, channels);
    expect(planAggregate(model)).toEqual({ heads, levels: 2 });
    const [coarseRows, coarseColumns, dates] = [rows / 4, columns / 4, 3];
    const plane = rows * columns;
    const { packed, floats } = pack(dates, plane * channels, 5);
    const weights = draw(dates * coarseRows * coarseColumns * heads, 8);
    const turned = (from: Float32Array, pixels: number, width: number): Float32Array<ArrayBuffer> =>
      Float32Array.from(from, (_value, at) => from[(at % pixels) * width + Math.floor(at / pixels)]!);
    let expected: Float32Array = new Float32Array(plane * channels);
    for (let date = 0; date < dates; date += 1) {
      const skip = turned(floats.subarray(date * plane * channels, (date + 1) * plane * channels), plane, channels);
      const ofDate = weights.length / dates;
      const shares = turned(weights.subarray(date * ofDate, (date + 1) * ofDate), ofDate / heads, heads);
      const map = { data: skip, shape: [1, channels, rows, columns] };
      const inputs: Tensors = {
        weights: { data: shares, shape: [1, heads, coarseRows, coarseColumns] },
        ...{ skip0: map, sum0: { ...map, data: expected }, skip1: map, sum1: map },
      };
      expected = (await runReference(model, inputs))['total0']!.data;
    }
    const kernels = await openBinary(base64);
    const height = rows / 2;
    const parts = [0, height].flatMap((from) => {
      const strip = stripOf(packed, from * columns * channels, height * columns * channels);
      const size = { rows, columns, channels, from, to: from + height, heads, coarseRows, coarseColumns };
      return [...addUp(kernels, strip, weights, size)];
    });
    expect(furthest(turned(Float32Array.from(parts), plane, channels), expected)).toBeLessThan(1e-5);
  });

  it('of another make is left to the runtime', () => {
    expect(planAggregate(aggregateModel(4, 8, 'nearest'))).toBeNull();
    expect(planAggregate(zoo)).toBeNull();
  });
});
