import { beforeAll, describe, expect, it } from 'vitest';
import { isCropError } from '../../../src/errors';
import { createEngine, loadModel, type LoadedModel } from '../../../src/segment';
import type { SeriesTile } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { fakeBackend, fakeLogits, fakeModelFiles, MODEL_URL } from './support/fake-model';

const { signal } = new AbortController();

let model: LoadedModel;

beforeAll(async () => {
  model = await loadModel(MODEL_URL, { transport: memoryTransport(fakeModelFiles()), signal });
});

/** Two bands, each pixel with a value of its own; dates in `empty` are all zero. */
function tileOf(columns: number, rows: number, days: readonly number[], empty: readonly number[] = []): SeriesTile {
  const pixels = days.map((_, date) =>
    Float32Array.from({ length: 2 * rows * columns }, (_, at) =>
      empty.includes(date) ? 0 : ((at * 13 + date * 5) % 17) / 8 - 1,
    ),
  );
  return { rows, columns, days, pixels };
}

/** What the fake network must say of a tile, worked out pixel by pixel without stages. */
function expected({ rows, columns, days, pixels }: SeriesTile): Float32Array {
  const plane = rows * columns;
  const logits = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    const bands = pixels.map((ofDate): [number, number] => [ofDate[pixel]!, ofDate[plane + pixel]!]);
    fakeLogits(bands, days).forEach((value, code) => (logits[code * plane + pixel] = value));
  }
  return logits;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, at) => Math.max(largest, Math.abs(value - b[at]!)), 0);
}

/**
 * How far rounding can take a score of the fake network: features of at most 1 are kept in steps of 1/65 000 of the
 * largest, and a score adds up two features of each date times its day.
 */
function rounding(days: readonly number[]): number {
  return (2 * days.reduce((sum, day) => sum + day, 0)) / 65_000;
}

describe('createEngine', () => {
  it('runs the golden tile first', async () => {
    const backend = fakeBackend();
    const engine = await createEngine(model, backend, signal);
    expect(engine.golden).toMatchObject({ backend: 'wasm', description: 'fake', tolerance: 0.001 });
    expect(engine.golden.maxAbsProbability).toBeLessThan(1e-4);
    expect(backend.calls.map(({ stage }) => stage)).toEqual(['encoder', 'encoder', 'attention', 'decoder']);
    expect(backend.disposed()).toBe(false);
  });

  it('refuses a backend that computes something else, with numbers, and frees it', async () => {
    const backend = fakeBackend(undefined, 0.5);
    const error: unknown = await createEngine(model, backend, signal).catch((reason: unknown) => reason);
    expect(
      isCropError(error, 'segment/golden-mismatch') && Number.parseFloat(String(error.details.difference)),
    ).toBeGreaterThan(0.01);
    expect(error).toMatchObject({ details: { tolerance: 0.001, backend: 'fake, fp32' } });
    expect(backend.disposed()).toBe(true);
  });

  it('refuses a backend that gives no numbers', async () => {
    const error: unknown = await createEngine(model, fakeBackend(undefined, Number.NaN), signal).catch(
      (reason: unknown) => reason,
    );
    expect(isCropError(error, 'segment/golden-mismatch')).toBe(true);
  });
});

describe('segmentTile', () => {
  it('gives the network over all dates, in strips', async () => {
    const backend = fakeBackend();
    const engine = await createEngine(model, backend, signal);
    const before = backend.calls.length;
    const tile = tileOf(128, 96, [3, 20, 100]);
    const told: [number, number][] = [];
    const scores = await engine.segmentTile(tile, signal, (done, total) => told.push([done, total]));
    expect(largestDifference(scores.logits, expected(tile))).toBeLessThan(rounding(tile.days));
    const strips = backend.calls.slice(before).filter(({ stage }) => stage === 'attention');
    expect(strips.map(({ shapes }) => shapes[0])).toEqual([
      [3, 10240, 2],
      [3, 2048, 2],
    ]);
    expect(told).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('leaves out dates that are all zero', async () => {
    const backend = fakeBackend();
    const engine = await createEngine(model, backend, signal);
    const tile = tileOf(8, 8, [3, 20, 100], [1]);
    const before = backend.calls.length;
    const scores = await engine.segmentTile(tile, signal);
    expect(backend.calls.slice(before).map(({ shapes }) => shapes[0]![0])).toEqual([1, 1, 2, 16]);
    expect(largestDifference(scores.logits, expected(tile))).toBeLessThan(rounding(tile.days));
  });

  it('runs nothing and gives no scores where no date is left', async () => {
    const backend = fakeBackend();
    const engine = await createEngine(model, backend, signal);
    const before = backend.calls.length;
    for (const tile of [tileOf(8, 8, [3], [0]), tileOf(8, 8, [])]) {
      const { logits } = await engine.segmentTile(tile, signal);
      expect(logits).toHaveLength(3 * 64);
      expect(logits.every((value) => Number.isNaN(value))).toBe(true);
    }
    expect(backend.calls.length).toBe(before);
  });

  it.each([
    [21, 24, 24, 24],
    [13, 8, 16, 16],
    [3, 1, 16, 16],
    [1, 17, 16, 24],
  ])(
    'reflects %i x %i px up to %i x %i, multiples of 8 from 16 on, and crops after',
    async (columns, rows, across, down) => {
      const backend = fakeBackend();
      const engine = await createEngine(model, backend, signal);
      const tile = tileOf(columns, rows, [3, 20]);
      const scores = await engine.segmentTile(tile, signal);
      expect([scores.columns, scores.rows]).toEqual([columns, rows]);
      expect(largestDifference(scores.logits, expected(tile))).toBeLessThan(rounding(tile.days));
      expect(backend.calls.at(-1)!.shapes[0]!.slice(0, 2)).toEqual([down, across]);
    },
  );

  it('reflects as PyTorch does, again and again where the tile is small', async () => {
    const inner = fakeBackend();
    let seen = new Float32Array();
    const backend = {
      ...inner,
      run: (...args: Parameters<typeof inner.run>) => {
        const { pixels } = args[1];
        if (pixels !== undefined) seen = Float32Array.from(pixels.data);
        return inner.run(...args);
      },
    };
    const engine = await createEngine(model, backend, signal);
    const row = [1, 2, 3];
    await engine.segmentTile({ rows: 1, columns: 3, days: [1], pixels: [Float32Array.of(...row, ...row)] }, signal);
    expect([...seen.subarray(0, 8)]).toEqual([1, 2, 3, 2, 1, 2, 3, 2]);
    expect([...seen.subarray(56, 64)]).toEqual([1, 2, 3, 2, 1, 2, 3, 2]);
  });

  it.each([1, 2, 4])('stops after call %i when aborted there', async (at) => {
    const controller = new AbortController();
    const golden = 4;
    const backend = fakeBackend((calls) => {
      if (calls === golden + at) controller.abort();
    });
    const engine = await createEngine(model, backend, signal);
    await expect(engine.segmentTile(tileOf(48, 40, [3, 20]), controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(backend.calls.length).toBe(golden + at);
  });

  it('lets messages in between dates', async () => {
    const engine = await createEngine(model, fakeBackend(), signal);
    const controller = new AbortController();
    // Fires in a later turn of the event loop, as an abort message to a worker does.
    setImmediate(() => {
      controller.abort();
    });
    const days = Array.from({ length: 50 }, (_, day) => day + 1);
    await expect(engine.segmentTile(tileOf(16, 16, days), controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('refuses output of another shape than the format promises', async () => {
    const inner = fakeBackend();
    const backend = {
      ...inner,
      run: async (...args: Parameters<typeof inner.run>) => {
        const outputs = await inner.run(...args);
        return args[0] === 'decoder' ? { logits: { ...outputs['logits']!, shape: [3, 16, 16] } } : outputs;
      },
    };
    await expect(createEngine(model, backend, signal)).rejects.toMatchObject({
      code: 'segment/runtime-failed',
      details: { stage: 'decoder', reason: 'its output logits is [3, 16, 16], expected [1, 3, 16, 16].' },
    });
  });
});
