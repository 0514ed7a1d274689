import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, createFeatureStore, createSegmentPort, loadModel, type LoadedModel } from '../../../src/segment';
import { subsetsFor } from '../../../src/segment/date-subsets';
import type { SeriesTile } from '../../../src/series';
import { createCache } from '../../../src/store';
import { createMemoryBlobs } from '../../../src/store/memory-blobs';
import { memoryTransport } from '../../support/memory-transport';
import { fakeBackend, fakeModelFiles, MODEL_URL } from './support/fake-model';
import { holding } from './support/resident-backend';

const { signal } = new AbortController();
const nothing = (): void => undefined;
const SIDE = 8;
const CLASSES = 3;
/** Not in the order of their days. */
const DAYS = [30, 3, 12, 21, 9];

const TILE: SeriesTile = {
  ...{ rows: SIDE, columns: SIDE, days: DAYS },
  pixels: DAYS.map((day) =>
    Float32Array.from({ length: 2 * SIDE ** 2 }, (_, at) => ((at * 13 + day) % 17) / 400 - 0.02),
  ),
};

/** The dates whose days are given, newly copied. */
function part(...days: readonly number[]): SeriesTile {
  return { ...TILE, days, pixels: days.map((day) => TILE.pixels[DAYS.indexOf(day)]!.slice()) };
}

function probabilities(logits: Float32Array): Float64Array {
  const pixels = logits.length / CLASSES;
  const shares = Float64Array.from(logits, Math.exp);
  return shares.map((share, at) => {
    const sum = [0, 1, 2].reduce((all, code) => all + shares[code * pixels + (at % pixels)]!, 0);
    return share / sum;
  });
}

function furthest(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);
}

async function open({ edits = {}, held = false, store = false } = {}) {
  const cache = createCache({ ...createMemoryBlobs(), persistent: true }, { budget: async () => 1e6 });
  const inner = fakeBackend();
  const port = createSegmentPort({
    transport: memoryTransport(fakeModelFiles(edits)),
    ...(store && { features: createFeatureStore(cache) }),
    candidates: [
      {
        ...{ name: 'wasm', precisions: ['fp32'] },
        available: () => true,
        create: async () => (held ? holding(inner).backend : inner),
      },
    ],
  });
  await port.load(MODEL_URL, signal, nothing);
  return { port, stages: () => inner.calls.map(({ stage }) => stage) };
}

describe('the number of subsets', () => {
  const card = (datesPerSubset?: number) => ({
    input: { ...model.card.input, ...(datesPerSubset === undefined ? {} : { datesPerSubset }) },
  });
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadModel(MODEL_URL, { transport: memoryTransport(fakeModelFiles()), signal });
  });

  it.each([
    [undefined, 36, undefined, 1],
    [9, 36, undefined, 4],
    [9, 54, undefined, 6],
    [9, 13, undefined, 1],
    [9, 14, undefined, 2],
    [9, 1, undefined, 1],
    [9, 36, 1, 1],
    [undefined, 36, 3, 3],
    [9, 2, 5, 2],
    [9, 0, 5, 0],
  ])('for %s dates per subset in the card, %i dates and %s asked for is %i', (perSubset, dates, wanted, expected) => {
    expect(subsetsFor(card(perSubset), dates, wanted)).toBe(expected);
  });
});

describe('averaging over interleaved subsets of the dates', () => {
  it('gives the mean of the runs of every second date, each date encoded once', async () => {
    const { port, stages } = await open();
    const before = stages().length;
    const whole = await port.run(TILE, signal, nothing, { dateSubsets: 2 });
    expect(whole.dateSubsets).toBe(2);
    expect(
      stages()
        .slice(before)
        .filter((stage) => stage !== 'encoder'),
    ).toEqual([...['attention', 'decoder', 'attention', 'decoder']]);
    expect(stages().length - before).toBe(DAYS.length + 4);
    const [first, second] = await Promise.all(
      [part(3, 12, 30), part(9, 21)].map(async (tile) => probabilities((await port.run(tile, signal, nothing)).logits)),
    );
    const mean = first!.map((share, at) => (share + second![at]!) / 2);
    expect(furthest(probabilities(whole.logits), mean)).toBeLessThan(1e-6);
    expect(furthest(first!, second!)).toBeGreaterThan(0.01);
    // Logarithms of probabilities: they add up to 1 as they are.
    expect(whole.logits.reduce((all, value) => all + Math.exp(value), 0) / SIDE ** 2).toBeCloseTo(1, 5);
  });

  it('gives with one subset what it gives without', async () => {
    const { port } = await open();
    const plain = await port.run(TILE, signal, nothing);
    expect(await port.run(TILE, signal, nothing, { dateSubsets: 1 })).toEqual(plain);
    expect(plain.dateSubsets).toBe(1);
  });

  it('follows the card unless something else is asked for', async () => {
    const { port } = await open({ edits: { 'input.datesPerSubset': 2 } });
    expect((await port.run(TILE, signal, nothing)).dateSubsets).toBe(3);
    expect((await port.run(TILE, signal, nothing, { dateSubsets: 1 })).dateSubsets).toBe(1);
  });

  it.each([
    ['in memory', {}],
    ['where tensors stay with the backend', { held: true }],
    ['from the store', { store: true }],
  ])('is the same date by date, %s', async (_, how) => {
    const { port } = await open(how);
    const expected = await port.run(TILE, signal, nothing, { dateSubsets: 2 });
    for (const day of DAYS) await port.encode('a', part(day), signal);
    expect(await port.decode('a', TILE, signal, 2)).toEqual(expected);
    if (expected.features.length > 0) expect(await port.recall(expected.features, TILE, signal, 2)).toEqual(expected);
  });

  it('gives no scores where no date is left', async () => {
    const { port } = await open();
    const { logits, dateSubsets } = await port.run({ ...TILE, days: [], pixels: [] }, signal, nothing, {
      dateSubsets: 3,
    });
    expect([dateSubsets, logits.every((value) => Number.isNaN(value))]).toEqual([0, true]);
  });

  it('gives no number where one of the subsets gives none', async () => {
    const model = await loadModel(MODEL_URL, { transport: memoryTransport(fakeModelFiles()), signal });
    const engine = await createEngine(model, fakeBackend(), signal);
    const dates = await Promise.all(
      DAYS.map(async (day, at) => (await engine.encode(TILE.pixels[at]!, TILE, day, signal))!),
    );
    const broken = dates[0]!;
    if ('tensors' in broken) broken.tensors['features']!.scales[0] = Number.NaN;
    const { logits } = await engine.decode(dates, TILE, signal, 5);
    expect(logits.some((value) => Number.isNaN(value))).toBe(true);
    expect(logits.some((value) => Number.isFinite(value))).toBe(true);
  });
});
