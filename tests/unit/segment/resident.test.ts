import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, createFeatureStore, createSegmentPort, loadModel, type LoadedModel } from '../../../src/segment';
import { createCache } from '../../../src/store';
import { createMemoryBlobs } from '../../../src/store/memory-blobs';
import { memoryTransport } from '../../support/memory-transport';
import { fakeBackend, fakeModelFiles, MODEL_URL } from './support/fake-model';
import { holding } from './support/resident-backend';

const { signal } = new AbortController();
const DAYS = [3, 9, 12];
const SIDE = 16;
const TILE = {
  ...{ rows: SIDE, columns: SIDE, days: DAYS },
  pixels: DAYS.map((day) => Float32Array.from({ length: 2 * SIDE ** 2 }, (_, at) => ((at * 13 + day) % 17) / 8 - 1)),
};

let model: LoadedModel;
beforeAll(async () => {
  model = await loadModel(MODEL_URL, { transport: memoryTransport(fakeModelFiles()), signal });
});

/** Scores of the tile where tensors lie in memory. */
async function inMemory(): Promise<Float32Array> {
  return (await (await createEngine(model, fakeBackend(), signal)).segmentTile(TILE, signal)).logits;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);
}

/** Of scores up to 50; features in memory are rounded to 16 bits, held ones are not. */
const ROUNDING = 2e-3;

describe('tensors that stay with their backend', () => {
  it('give the same scores, and all of them are given back', async () => {
    const { backend, live } = holding(fakeBackend());
    const engine = await createEngine(model, backend, signal);
    expect(live()).toBe(0);
    const { logits } = await engine.segmentTile(TILE, signal);
    expect(largestDifference(logits, await inMemory())).toBeLessThan(ROUNDING);
    expect(live()).toBe(0);
  });

  it('go through the attention in strips where a buffer would be too large', async () => {
    const inner = fakeBackend();
    const { backend, live } = holding(inner, 600);
    const engine = await createEngine(model, backend, signal);
    const before = inner.calls.length;
    const { logits } = await engine.segmentTile(TILE, signal);
    const strips = inner.calls.slice(before).filter(({ stage }) => stage === 'attention');
    expect(strips.length).toBeGreaterThan(2);
    expect(strips.every(({ shapes }) => shapes[0]!.reduce((size, length) => size * length, 1) <= 600)).toBe(true);
    expect(largestDifference(logits, await inMemory())).toBeLessThan(ROUNDING);
    expect(live()).toBe(0);
  });

  it.each(['encoder', 'attention', 'decoder'] as const)('are given back where the %s fails', async (failing) => {
    let armed = false;
    const inner = fakeBackend();
    const run: typeof inner.run = async (stage, ...rest) => {
      if (armed && stage === failing) throw new Error('lost');
      return inner.run(stage, ...rest);
    };
    const { backend, live } = holding({ ...inner, run });
    const engine = await createEngine(model, backend, signal);
    armed = true;
    await expect(engine.segmentTile(TILE, signal)).rejects.toThrow('lost');
    expect(live()).toBe(0);
  });

  it('are read back for the store, and features of the store are brought to them', async () => {
    const cache = createCache({ ...createMemoryBlobs(), persistent: true }, { budget: async () => 1e6 });
    const open = async () => {
      const inner = fakeBackend();
      const { backend, live } = holding(inner);
      const port = createSegmentPort({
        transport: memoryTransport(fakeModelFiles()),
        candidates: [{ name: 'webgpu', precisions: ['fp32'], available: () => true, create: async () => backend }],
        features: createFeatureStore(cache),
      });
      await port.load(MODEL_URL, signal, () => undefined);
      return { port, live };
    };
    const first = await open();
    const early = { ...TILE, days: DAYS.slice(0, 2), pixels: TILE.pixels.slice(0, 2) };
    await first.port.run(early, signal, () => undefined);
    expect(await first.port.encodings()).toEqual({ encoded: 2, kept: 0 });
    const second = await open();
    const { logits } = await second.port.run(TILE, signal, () => undefined);
    expect(await second.port.encodings()).toEqual({ encoded: 1, kept: 2 });
    expect(largestDifference(logits, await inMemory())).toBeLessThan(ROUNDING);
    expect([first.live(), second.live()]).toEqual([0, 0]);
  });

  it('are kept under the name of a tile until it is forgotten', async () => {
    const { backend, live } = holding(fakeBackend());
    const port = createSegmentPort({
      transport: memoryTransport(fakeModelFiles()),
      candidates: [{ name: 'webgpu', precisions: ['fp32'], available: () => true, create: async () => backend }],
    });
    await port.load(MODEL_URL, signal, () => undefined);
    const bytes = await port.encode('a', TILE, signal);
    expect(bytes).toBe(DAYS.length * SIDE ** 2 * 2 * 4);
    expect(live()).toBe(DAYS.length);
    const { logits } = await port.decode('a', TILE, signal);
    expect(largestDifference(logits, await inMemory())).toBeLessThan(ROUNDING);
    expect(live()).toBe(DAYS.length);
    await port.forget('a');
    expect(live()).toBe(0);
  });
});
