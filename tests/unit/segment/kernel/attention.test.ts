import { describe, expect, it } from 'vitest';
import { addUp } from '../../../../src/segment/kernel/aggregate-runner';
import { createAttentionRunner } from '../../../../src/segment/kernel/attention-runner';
import { planAggregate } from '../../../../src/segment/kernel/plan-aggregate';
import { planAttention } from '../../../../src/segment/kernel/plan-attention';
import { packTensor, stripOf, unpack } from '../../../../src/segment/pack';
import type { PackedTensor, Tensors } from '../../../../src/segment';
import { aggregateModel, attentionWithWeights, CHANNELS, HEADS, plainAttention } from './graphs';
import { BINARIES, draw, furthest, openBinary, runReference } from './support';

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
    const model = attentionWithWeights();
    const plan = planAttention(model)!;
    expect(plan).toMatchObject({ channels: CHANNELS, heads: HEADS, weights: true });
    const days = Float32Array.from({ length: dates }, (_value, at) => 20 + at * 11.5);
    const { packed, floats } = pack(dates, pixels * CHANNELS, 3);
    const run = createAttentionRunner(await openBinary(base64), plan);
    const given = run(stripOf({ tensors: packed, from: 0, count: pixels * CHANNELS }), days, pixels, null);
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

  it('gives the same with its largest matrix in one piece', async () => {
    const plan = planAttention(plainAttention)!;
    expect(plan.embedding!.values).not.toBeNull();
    const whole = { ...plan, embedding: { ...plan.embedding!, values: null } };
    const [dates, pixels] = [5, 9];
    const { packed } = pack(dates, pixels * CHANNELS, 3);
    const strip = stripOf({ tensors: packed, from: 0, count: pixels * CHANNELS });
    const days = Float32Array.from({ length: dates }, (_value, at) => 20 + at * 40);
    const kernels = await openBinary(base64);
    const [one, two] = [plan, whole].map(
      (of) => createAttentionRunner(kernels, of)(strip, days, pixels, null)['embedding']!,
    );
    expect(furthest(one!.data, two!.data)).toBeLessThan(1e-4);
    expect(one!.data.some((value) => value !== 0)).toBe(true);
  });

  it('hands on what is no number', async () => {
    const plan = planAttention(plainAttention)!;
    const { packed } = pack(3, 2 * CHANNELS, 3);
    packed[1]!.scales[0] = Number.NaN;
    const run = createAttentionRunner(await openBinary(base64), plan);
    const { embedding, weights } = run(
      stripOf({ tensors: packed, from: 0, count: 2 * CHANNELS }),
      Float32Array.of(1, 50, 99),
      2,
      null,
    );
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
    expect(planAttention(plainAttention)).not.toBeNull();
    const file = Buffer.from(
      plainAttention.toString('latin1').replace(from, to.slice(0, from.length).padEnd(from.length)),
      'latin1',
    );
    expect(planAttention(file)).toBeNull();
  });
});

describe.each(BINARIES)('the %s sum of maps', (_, base64) => {
  it.each([
    [4, 16, 16, 24],
    [4, 8, 12, 20],
    [2, 12, 16, 16],
  ])('of %i heads and %i channels is what onnxruntime adds up', async (heads, channels, rows, columns) => {
    const model = aggregateModel([0, 1], heads, channels);
    expect(planAggregate(model)).toEqual({ heads, levels: 2, masks: false });
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
      const strip = stripOf({ tensors: packed, from: from * columns * channels, count: height * columns * channels });
      const size = { rows, columns, channels, from, to: from + height, heads, coarseRows, coarseColumns };
      return [...addUp(kernels, strip, weights, size, null)];
    });
    expect(furthest(turned(Float32Array.from(parts), plane, channels), expected)).toBeLessThan(1e-5);
  });

  it('of another make is left to the runtime', () => {
    expect(planAggregate(aggregateModel([0, 1], 4, 8, 'nearest'))).toBeNull();
    expect(planAggregate(plainAttention)).toBeNull();
  });
});
