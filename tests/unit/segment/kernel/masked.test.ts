import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeBackend } from '../../../../cli/node-backend';
import { type Backend, createKernelLane, type LoadedModel, type ModelCard } from '../../../../src/segment';
import { createAttentionRunner } from '../../../../src/segment/kernel/attention-runner';
import { createKernelBackend } from '../../../../src/segment/kernel/backend';
import { planAggregate } from '../../../../src/segment/kernel/plan-aggregate';
import { planAttention } from '../../../../src/segment/kernel/plan-attention';
import { planStages } from '../../../../src/segment/kernel/plans';
import { decodeDates, encodeDate } from '../../../../src/segment/network';
import { packTensor, stripOf, unpack } from '../../../../src/segment/pack';
import type { Validity } from '../../../../src/segment/validity';
import { planCardEncoder } from '../../../../src/segment/wgsl/card-plan';
import { fakeMaskModelFiles, MODEL_URL } from '../support/fake-model';
import { holding } from '../support/resident-backend';
import { aggregateModel, CHANNELS, HEADS } from './graphs';
import { maskedAggregate, maskedAttention, maskedDecoder, maskedEncoder } from './masked-graphs';
import { BINARIES, draw, furthest, openBinary, runReference } from './support';

const { signal } = new AbortController();
const BANDS = 10;
const CLASSES = 3;
const DAYS = [20, 90, 91, 200, 310];
/** Maps are kept in 16 bits; logits are of about 1. */
const ROUNDING = 1e-3;

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** A network like W-TAE that masks; `aggregate` may be one of another make. */
function model(aggregate = maskedAggregate(1, HEADS, CHANNELS)): LoadedModel {
  const card = structuredClone(fakeMaskModelFiles().get(`${MODEL_URL}/model.json`) as ModelCard);
  const bands = Array.from({ length: BANDS }, (_, band) => `B${band}`);
  return {
    card: { ...card, input: { ...card.input, bands, featureChannels: CHANNELS, sizeMultiple: 2 } },
    precision: 'fp32',
    cardSha256: '',
    stages: {
      encoder: maskedEncoder(BANDS, CHANNELS),
      attention: maskedAttention(false, true),
      aggregate,
      decoder: maskedDecoder(CHANNELS, CLASSES),
    },
    golden: { input: new Uint16Array(), logits: new Float32Array(), valid: null },
  };
}

/** Holes as dates have them: none, a swath edge, scattered pixels, one block, nothing but a corner. Two pixels are never seen. */
function holes({ rows, columns }: Size): Uint8Array<ArrayBuffer>[] {
  const isValid: ((row: number, column: number) => boolean)[] = [
    () => true,
    (row, column) => row + 2 * column > columns,
    (row, column) => (row * 7 + column * 11) % 5 > 1,
    (row, column) => row < 3 || column < 4,
    (row, column) => row < 2 && column < 2,
  ];
  return isValid.map((of) =>
    Uint8Array.from({ length: rows * columns }, (_, at) =>
      at !== 1 && at !== 2 && of(Math.floor(at / columns), at % columns) ? 1 : 0,
    ),
  );
}

function pixelsOf({ rows, columns }: Size): Float32Array<ArrayBuffer>[] {
  return DAYS.map((_, date) => draw(BANDS * rows * columns, date));
}

async function logits(
  { card }: LoadedModel,
  backend: Backend,
  size: Size,
  valid: readonly Validity[],
  pixels = pixelsOf(size),
): Promise<Float32Array> {
  const dates = await Promise.all(
    DAYS.map((day, at) => encodeDate(card, backend, pixels[at]!, size, day, signal, valid[at])),
  );
  const seen = dates.filter((date) => date !== null);
  return (await decodeDates(card, backend, seen, size, signal)).logits;
}

describe('a network that masks', () => {
  const of = model();
  let kernels: Backend;
  let native: Backend;
  beforeAll(async () => {
    kernels = (await createKernelBackend(of, signal, createKernelLane, 2))!;
    native = await createNodeBackend(of, signal);
  });
  afterAll(async () => {
    await kernels.dispose();
    await native.dispose();
  });

  it('runs on our kernels alone', () => {
    expect(kernels.description).toBe('WASM, own kernels in 2 workers');
    expect(Object.keys(kernels.packed!)).toEqual(['encode', 'release', 'attend', 'aggregate']);
  });

  it('has an encoder for our kernels on graphics cards, for whole dates as without masks', () => {
    const file = of.stages.encoder!;
    const [whole, masked] = [planCardEncoder(file)!, planCardEncoder(file, true)!];
    expect([whole.valid, masked.valid]).toEqual([null, 'validity 0']);
    expect(masked.passes.length).toBeGreaterThan(whole.passes.length);
  });

  it.each([
    { rows: 32, columns: 48 },
    { rows: 13, columns: 70 },
    { rows: 4, columns: 5 },
  ])('gives on them what the runtime gives for dates with holes of %j', async (size) => {
    const expected = await logits(of, native, size, holes(size));
    expect(expected.every((value) => Number.isFinite(value))).toBe(true);
    expect(furthest(await logits(of, kernels, size, holes(size)), expected)).toBeLessThan(ROUNDING);
    const held = holding(native).backend;
    expect(furthest(await logits(of, held, size, holes(size)), expected)).toBeLessThan(ROUNDING);
    // Holes change something.
    expect(furthest(await logits(of, native, size, []), expected)).toBeGreaterThan(100 * ROUNDING);
  });

  it('gives on both the same for whole dates as for maps in which all is valid', async () => {
    const size = { rows: 24, columns: 32 };
    const all = DAYS.map(() => new Uint8Array(size.rows * size.columns).fill(1));
    const expected = await logits(of, native, size, all);
    expect(await logits(of, native, size, [])).toEqual(expected);
    expect(furthest(await logits(of, kernels, size, all), expected)).toBeLessThan(ROUNDING);
    expect(await logits(of, kernels, size, [])).toEqual(await logits(of, kernels, size, all));
  });

  it.each(['kernels', 'runtime'])('does not look at what lies in a hole, on the %s', async (which) => {
    const backend = which === 'kernels' ? kernels : native;
    const size = { rows: 16, columns: 24 };
    const valid = holes(size);
    const spoilt = pixelsOf(size).map((date, at) =>
      date.map((value, place) => (valid[at]![place % (size.rows * size.columns)] === 1 ? value : Number.NaN)),
    );
    expect(await logits(of, backend, size, valid, spoilt)).toEqual(await logits(of, backend, size, valid));
  });

  it('counts a date of which nothing is valid where no other date shows the pixel', async () => {
    const size = { rows: 8, columns: 8 };
    const none = new Uint8Array(64);
    const valid = holes(size).map((date, at) => (at === 3 ? none : date));
    const expected = await logits(of, native, size, valid);
    expect(expected.every((value) => Number.isFinite(value))).toBe(true);
    expect(furthest(await logits(of, kernels, size, valid), expected)).toBeLessThan(ROUNDING);
  });

  it('whose sums are of another make has them divided by the runtime', async () => {
    const plain = planStages({ ...of.stages, aggregate: aggregateModel([0], HEADS, CHANNELS) })!;
    expect(plain).toMatchObject({ ownMaps: false, decoder: null });
    expect(planStages(of.stages)).toMatchObject({ ownMaps: true, decoder: { divided: ['total0'] } });
  });
});

describe.each(BINARIES)('the %s attention that masks', (_, base64) => {
  it.each([
    [true, false, 5, 20],
    [true, true, 14, 70],
    [false, true, 1, 6],
  ])('gives vectors %s, weights %s, for %i dates and %i pixels', async (embeds, weighs, dates, pixels) => {
    const file = maskedAttention(embeds, weighs);
    const valid = Uint8Array.from({ length: dates * pixels }, (_value, at) =>
      at % pixels === 3 || (at * 7) % 5 > 2 ? 0 : 1,
    );
    const packed = Array.from({ length: dates }, (_value, date) => {
      const values = draw(pixels * CHANNELS, date).map((value, at) =>
        valid[date * pixels + Math.floor(at / CHANNELS)] === 1 ? Math.max(0, value) * 3 : 0,
      );
      return packTensor({ data: values, shape: [pixels, CHANNELS] });
    });
    const floats = new Float32Array(dates * pixels * CHANNELS);
    packed.forEach((tensor, at) => unpack(floats, at * pixels * CHANNELS, tensor, 0, pixels * CHANNELS));
    const days = Float32Array.from({ length: dates }, (_value, at) => 20 + at * 11.5);
    const run = createAttentionRunner(await openBinary(base64), planAttention(file)!);
    const given = run(stripOf({ tensors: packed, from: 0, count: pixels * CHANNELS }), days, pixels, valid);
    const expected = await runReference(file, {
      features: { data: floats, shape: [dates, pixels, CHANNELS] },
      days: { data: days, shape: [dates] },
      valid: { data: Float32Array.from(valid), shape: [dates, pixels] },
    });
    expect(Object.keys(given).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { data, shape }] of Object.entries(expected)) {
      expect(given[name]!.shape).toEqual(shape);
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(furthest(given[name]!.data, data) / largest).toBeLessThan(1e-4);
    }
    const { weights } = given;
    const counts = (pixel: number, date: number): boolean => pixel === 3 || valid[date * pixels + pixel] === 1;
    weights?.data.forEach((share, at) => {
      const [pixel, date] = [at % pixels, Math.floor(at / pixels / HEADS)];
      // Of a pixel that no date shows, all count.
      if (!counts(pixel, date) && valid.some((value, place) => place % pixels === pixel && value === 1)) {
        expect(share).toBe(0);
      }
    });
  });

  it('is read as it is written, with all of its sums', () => {
    expect(planAggregate(maskedAggregate(2, 4, 8))).toEqual({ heads: 4, levels: 2, masks: true });
  });
});
