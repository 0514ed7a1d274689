import { describe, expect, it } from 'vitest';
import { type BackendCandidate, createFeatureStore, createSegmentPort, type SegmentPort } from '../../../src/segment';
import { type Cache, createCache } from '../../../src/store';
import { createMemoryBlobs } from '../../../src/store/memory-blobs';
import { memoryTransport } from '../../support/memory-transport';
import { fakeBackend, type FakeBackend, fakeModelFiles, MODEL_URL } from './support/fake-model';

const { signal } = new AbortController();
const nothing = (): void => undefined;
/** Two dates of the golden tile go through the encoder at every start. */
const GOLDEN_DATES = 2;

type Dates = readonly (readonly [day: number, value: number])[];

function squareOf(side: number, dates: Dates) {
  const pixels = dates.map(([, value]) => new Float32Array(2 * side ** 2).fill(value));
  return { rows: side, columns: side, days: dates.map(([day]) => day), pixels };
}

function tileOf(...dates: Dates) {
  return squareOf(8, dates);
}

function disk() {
  return { ...createMemoryBlobs(), persistent: true };
}

/** A page's worth of work: a port of its own over a store that outlives it. */
async function openPort(cache: Cache, name: BackendCandidate['name'] = 'wasm', edits = {}) {
  let backend: FakeBackend | null = null;
  const candidate: BackendCandidate = {
    name,
    precisions: ['fp32'],
    available: () => true,
    create: async () => (backend = fakeBackend()),
  };
  const port: SegmentPort = createSegmentPort({
    transport: memoryTransport(fakeModelFiles(edits)),
    candidates: [candidate],
    features: createFeatureStore(cache),
  });
  await port.load(MODEL_URL, signal, nothing);
  const encoded = (): number => backend!.calls.filter(({ stage }) => stage === 'encoder').length - GOLDEN_DATES;
  return { port, encoded };
}

describe('a store of features', () => {
  it('saves a second run all encoding, and gives the very same scores', async () => {
    const cache = createCache(disk(), { budget: async () => 1e6 });
    const first = await openPort(cache);
    const before = await first.port.run(tileOf([3, 0.5], [9, -1]), signal, nothing);
    expect(await first.port.encodings()).toEqual({ encoded: 2, kept: 0 });
    const second = await openPort(cache);
    const after = await second.port.run(tileOf([3, 0.5], [9, -1]), signal, nothing);
    expect(second.encoded()).toBe(0);
    expect(await second.port.encodings()).toEqual({ encoded: 0, kept: 2 });
    expect(after).toEqual(before);
    expect(before.features.map(({ day }) => day)).toEqual([3, 9]);
  });

  it('lets a season with one more date encode that date alone', async () => {
    const cache = createCache(disk(), { budget: async () => 1e6 });
    await (await openPort(cache)).port.run(tileOf([3, 0.5], [9, -1]), signal, nothing);
    const { port, encoded } = await openPort(cache);
    for (const date of [tileOf([3, 0.5]), tileOf([9, -1]), tileOf([12, 2])]) await port.encode('a', date, signal);
    expect(encoded()).toBe(1);
    const scores = await port.decode('a', { rows: 8, columns: 8 }, signal);
    const fresh = await openPort(createCache(disk(), { budget: async () => 1e6 }));
    expect(scores).toEqual(await fresh.port.run(tileOf([3, 0.5], [9, -1], [12, 2]), signal, nothing));
  });

  it('takes nothing from a run that is not to be kept', async () => {
    const store = disk();
    const cache = createCache(store, { budget: async () => 1e6 });
    const first = await openPort(cache);
    await first.port.run(tileOf([3, 0.5]), signal, nothing, { keep: false });
    await cache.settled();
    expect((await store.list()).filter(({ kind }) => kind === 'features')).toEqual([]);
    const second = await openPort(cache);
    await second.port.run(tileOf([3, 0.5]), signal, nothing, { keep: false });
    expect(second.encoded()).toBe(1);
  });

  it('gives the scores of any dates from their references alone', async () => {
    const cache = createCache(disk(), { budget: async () => 1e6 });
    const { features } = await (await openPort(cache)).port.run(tileOf([3, 0.5], [9, -1]), signal, nothing);
    const { port, encoded } = await openPort(cache);
    const early = await port.recall(features.slice(0, 1), { rows: 8, columns: 8 }, signal);
    expect(encoded()).toBe(0);
    expect(early).toEqual(await port.run(tileOf([3, 0.5]), signal, nothing));
  });

  it.each([
    ['another way to run the network', 'node', {}],
    ['another model', 'wasm', { title: 'Other' }],
  ] as const)('keeps %s apart', async (_, name, edits) => {
    const cache = createCache(disk(), { budget: async () => 1e6 });
    await (await openPort(cache)).port.run(tileOf([3, 0.5]), signal, nothing);
    const { port, encoded } = await openPort(cache, name, edits);
    await port.run(tileOf([3, 0.5]), signal, nothing);
    expect(encoded()).toBe(1);
  });

  it('encodes again what was damaged, and rejects a reference to it', async () => {
    const store = disk();
    const cache = createCache(store, { budget: async () => 1e6 });
    const before = await (await openPort(cache)).port.run(tileOf([3, 0.5]), signal, nothing);
    await cache.settled();
    const [entry] = (await store.list()).filter(({ kind }) => kind === 'features');
    const record = (await store.get(entry!.key))!;
    record[record.length - 20]! ^= 1;
    await store.put(entry!, record, signal);
    const { port, encoded } = await openPort(cache);
    const lost = { code: 'segment/features-lost' };
    await expect(port.recall(before.features, { rows: 8, columns: 8 }, signal)).rejects.toMatchObject(lost);
    expect(await port.run(tileOf([3, 0.5]), signal, nothing)).toEqual(before);
    expect(encoded()).toBe(1);
  });

  it('is not filled by one run beyond what it may take, so that the first dates are still there', async () => {
    const store = disk();
    // A third is for features: 0.9 of it are five dates of this size.
    const cache = createCache(store, { budget: async () => 300_000 });
    const dates = Array.from({ length: 12 }, (_, at) => [at, at + 0.5] as const);
    await (await openPort(cache)).port.run(squareOf(64, dates), signal, nothing);
    const { port, encoded } = await openPort(cache);
    await port.run(squareOf(64, dates.slice(0, 5)), signal, nothing);
    expect(encoded()).toBe(0);
    const held = (await store.list()).filter(({ kind }) => kind === 'features');
    expect(held.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(100_000);
    expect(held).toHaveLength(5);
  });
});
