import { beforeAll, describe, expect, it } from 'vitest';
import { createNodeBackend } from '../../../../cli/node-backend';
import {
  type Backend,
  createKernelLane,
  type DateFeatures,
  type LoadedModel,
  type ModelCard,
} from '../../../../src/segment';
import { createKernelBackend } from '../../../../src/segment/kernel/backend';
import { decodeDates, encodeDate } from '../../../../src/segment/network';
import { releaseFeatures } from '../../../../src/segment/resident';
import { fakeModelFiles, MODEL_URL } from '../support/fake-model';
import { writeGraph } from '../support/onnx-graph';
import { aggregateModel, attentionWithWeights, CHANNELS, convolution, groupNorm, HEADS } from './graphs';
import { draw, furthest } from './support';

const { signal } = new AbortController();
const BANDS = 10;
const CLASSES = 3;
const DAYS = [20, 90, 91, 200, 310];
/** Maps are kept in 16 bits; logits are of about 1. */
const ROUNDING = 1e-3;

/** A network like U-TAE with two levels; `squeeze` puts an operator into it that the kernels have not. */
function model(squeeze: boolean): LoadedModel {
  const encoder = writeGraph();
  const pixels = encoder.input('pixels', [1, BANDS, 'rows', 'columns']);
  const first = convolution(encoder, pixels, { bands: BANDS, channels: CHANNELS, side: 3, seed: 1 });
  const full = groupNorm(encoder, first, CHANNELS, 4, 3);
  const halved = convolution(encoder, full, { bands: CHANNELS, channels: CHANNELS, side: 4, seed: 5 });
  const coarse = groupNorm(encoder, halved, CHANNELS, 4, 7);
  const turned = encoder.op('Transpose', [squeeze ? encoder.op('Tanh', [coarse]) : coarse], { perm: [0, 2, 3, 1] });
  encoder.op('Reshape', [turned, encoder.sizes(-1, CHANNELS)], {}, 'features');
  encoder.op('Identity', [full], {}, 'skip0');

  const decoder = writeGraph();
  const embedding = decoder.input('embedding', ['coarse_rows', 'coarse_columns', CHANNELS]);
  const total = decoder.input('total0', [1, CHANNELS, 'rows', 'columns']);
  const deep = decoder.op('Unsqueeze', [decoder.op('Transpose', [embedding], { perm: [2, 0, 1] }), decoder.sizes(0)]);
  const kernel = decoder.constant(
    draw(CHANNELS * 8 * 16, 11).map((value) => value / 16),
    CHANNELS,
    8,
    4,
    4,
  );
  const attributes = { strides: [2, 2], pads: [1, 1, 1, 1] };
  const doubled = decoder.op('ConvTranspose', [deep, kernel, decoder.constant(draw(8, 12), 8)], attributes);
  const beside = convolution(decoder, total, { bands: CHANNELS, channels: 8, side: 1, seed: 13 });
  const joined = decoder.op('Concat', [doubled, decoder.op('Relu', [beside])], { axis: 1 });
  const scores = convolution(decoder, joined, { bands: 16, channels: CLASSES, side: 3, seed: 15 });
  decoder.op('Identity', [scores], {}, 'logits');

  const card = structuredClone(fakeModelFiles().get(`${MODEL_URL}/model.json`) as ModelCard);
  const bands = Array.from({ length: BANDS }, (_, band) => `B${band}`);
  return {
    card: { ...card, input: { ...card.input, bands, featureChannels: CHANNELS, sizeMultiple: 2 } },
    precision: 'fp32',
    cardSha256: '',
    stages: {
      encoder: encoder.model('features', 'skip0'),
      attention: attentionWithWeights(),
      aggregate: aggregateModel([0], HEADS, CHANNELS),
      decoder: decoder.model('logits'),
    },
    golden: { input: new Uint16Array(), logits: new Float32Array(), valid: null },
  };
}

async function logits({ card }: LoadedModel, backend: Backend, rows: number, columns: number): Promise<Float32Array> {
  const size = { rows, columns };
  const days = DAYS.map((day, at) => [day, draw(BANDS * rows * columns, at)] as const);
  const dates = await Promise.all(days.map(([day, pixels]) => encodeDate(card, backend, pixels, size, day, signal)));
  return (
    await decodeDates(
      card,
      backend,
      dates.filter((date) => date !== null),
      size,
      signal,
    )
  ).logits;
}

const reference = (of: LoadedModel): Promise<Backend> => createNodeBackend(of, signal);

async function ours(of: LoadedModel, lanes = 2): Promise<Backend> {
  return (await createKernelBackend(of, signal, createKernelLane, lanes))!;
}

describe('a network that adds up maps', () => {
  let whole: LoadedModel;
  let kernels: Backend;
  beforeAll(async () => {
    whole = model(false);
    kernels = await ours(whole);
  });

  it('runs on our kernels alone', () => {
    expect(kernels.description).toBe('WASM, own kernels in 2 workers');
    expect(Object.keys(kernels.packed!)).toEqual(['encode', 'release', 'attend', 'aggregate']);
  });

  it.each([
    [32, 48],
    [13, 70],
    [2, 3],
  ])('gives what the runtime gives for %i rows by %i columns', async (rows, columns) => {
    const native = await reference(whole);
    const expected = await logits(whole, native, rows, columns);
    expect(furthest(await logits(whole, kernels, rows, columns), expected)).toBeLessThan(ROUNDING);
    await native.dispose();
  });

  it('gives the same numbers in one lane and in three', async () => {
    const [one, three] = await Promise.all([ours(whole, 1), ours(whole, 3)]);
    expect(await logits(whole, one, 20, 32)).toEqual(await logits(whole, three, 20, 32));
  });

  it('makes dates in the memory of those that were let go, once, and leaves others alone', async () => {
    const own = await ours(whole, 1);
    const size = { rows: 16, columns: 16 };
    const encode = async (seed: number) =>
      (await encodeDate(whole.card, own, draw(BANDS * 256, seed), size, 1, signal)) as DateFeatures;
    const [gone, kept] = [await encode(1), await encode(2)];
    const before = structuredClone(kept.tensors);
    const memory = gone.tensors['features']!.steps.buffer;
    releaseFeatures(gone);
    releaseFeatures(gone);
    const [next, after] = [await encode(3), await encode(4)];
    expect(next.tensors['features']!.steps.buffer).toBe(memory);
    expect(after.tensors['features']!.steps.buffer).not.toBe(memory);
    expect(next.tensors).toEqual((await encode(3)).tensors);
    expect(kept.tensors).toEqual(before);
  });

  it('ends where it is aborted, and goes on afterwards', async () => {
    const stop = new AbortController();
    const pixels = { data: draw(BANDS * 256, 1), shape: [1, BANDS, 16, 16] };
    const runs = Array.from({ length: 6 }, () => kernels.packed!.encode!(pixels, null, stop.signal));
    stop.abort();
    const ends = await Promise.allSettled(runs);
    expect(ends.some((end) => end.status === 'rejected' && (end.reason as Error).name === 'AbortError')).toBe(true);
    expect(await kernels.packed!.encode!(pixels, null, signal)).toHaveProperty('features');
    // The caller's pixels are the caller's.
    expect(pixels.data).toHaveLength(BANDS * 256);
  });
});

describe('a network with an operator that the kernels have not', () => {
  it('runs on the kernels as far as they go, and gives what the runtime gives', async () => {
    const mixed = model(true);
    const [kernels, native] = [await ours(mixed), await reference(mixed)];
    expect(kernels.description).toBe('WASM, own kernels in 2 workers and the runtime');
    expect(Object.keys(kernels.packed!)).toEqual(['attend']);
    expect(furthest(await logits(mixed, kernels, 24, 32), await logits(mixed, native, 24, 32))).toBeLessThan(ROUNDING);
    await kernels.dispose();
    await native.dispose();
  });
});
