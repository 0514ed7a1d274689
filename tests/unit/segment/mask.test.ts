import { describe, expect, it } from 'vitest';
import {
  createEngine,
  createFeatureStore,
  createSegmentPort,
  loadModel,
  type SegmentPort,
  type Tensors,
  withFallback,
} from '../../../src/segment';
import type { SeriesTile } from '../../../src/series';
import { type Cache, createCache } from '../../../src/store';
import { createMemoryBlobs } from '../../../src/store/memory-blobs';
import { memoryTransport } from '../../support/memory-transport';
import { fakeBackend, fakeMaskedLogits, fakeMaskModelFiles, fakeModelFiles, MODEL_URL } from './support/fake-model';
import { holding } from './support/resident-backend';

const { signal } = new AbortController();
const nothing = (): void => undefined;
const SIDE = 16;
const PLANE = SIDE ** 2;
const DAYS = [3, 9, 12];
/** Of scores up to 50; features in memory are rounded to 16 bits. */
const ROUNDING = 5e-3;

/** The first date whole, a swath edge on the second, a hole in the third; the last pixel is on no date valid. */
const VALID = DAYS.map((_, date) =>
  Uint8Array.from({ length: PLANE }, (_value, at) => {
    if (at === PLANE - 1) return 0;
    return (date === 1 && at % SIDE < 6) || (date === 2 && at < 40) ? 0 : 1;
  }),
);

function tile(valid: SeriesTile['valid'] = VALID): SeriesTile {
  const pixels = DAYS.map((day) => Float32Array.from({ length: 2 * PLANE }, (_, at) => ((at * 13 + day) % 17) / 8 - 1));
  return {
    rows: SIDE,
    columns: SIDE,
    days: DAYS,
    pixels,
    ...(valid && { valid: valid.map((of) => of?.slice() ?? null) }),
  };
}

/** What the network must say, worked out pixel by pixel. */
function expected({ pixels, valid }: SeriesTile): Float32Array {
  const logits = new Float32Array(3 * PLANE);
  for (let pixel = 0; pixel < PLANE; pixel += 1) {
    const bands = pixels.map((of): [number, number] => [of[pixel]!, of[PLANE + pixel]!]);
    const seen = DAYS.map((_, date) => valid?.[date]?.[pixel] !== 0);
    fakeMaskedLogits(bands, DAYS, seen).forEach((value, code) => (logits[code * PLANE + pixel] = value));
  }
  return logits;
}

function furthest(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);
}

function portOver(cache: Cache | null = null, files = fakeMaskModelFiles(), held = false) {
  const inner = fakeBackend();
  const port = createSegmentPort({
    transport: memoryTransport(files),
    ...(cache && { features: createFeatureStore(cache) }),
    candidates: [
      {
        ...{ name: 'wasm', precisions: ['fp32'] },
        available: () => true,
        create: async () => (held ? holding(inner).backend : inner),
      },
    ],
  });
  return { port, encoded: () => inner.calls.filter(({ stage }) => stage === 'encoder').length };
}

async function loaded(...args: Parameters<typeof portOver>): Promise<ReturnType<typeof portOver>> {
  const made = portOver(...args);
  await made.port.load(MODEL_URL, signal, nothing);
  return made;
}

describe('the golden tile of a network that masks', () => {
  const load = async (edits = {}) =>
    loadModel(MODEL_URL, { transport: memoryTransport(fakeMaskModelFiles(edits)), signal });

  it('is run with its holes', async () => {
    const engine = await createEngine(await load(), fakeBackend(), signal);
    expect(engine.golden.maxAbsProbability).toBeLessThan(1e-4);
  });

  it('finds out a backend that does not look at them', async () => {
    const inner = fakeBackend();
    const blind = {
      ...inner,
      run: (...[stage, { pixels, features, days, embedding }, stop]: Parameters<typeof inner.run>) => {
        const seen = Object.entries({ pixels, features, days, embedding }).filter(([, tensor]) => tensor !== undefined);
        return inner.run(stage, Object.fromEntries(seen) as Tensors, stop);
      },
    };
    await expect(createEngine(await load(), blind, signal)).rejects.toMatchObject({ code: 'segment/golden-mismatch' });
  });
});

describe('pixels of a date that are not valid', () => {
  it.each([
    ['in memory', false],
    ['where tensors stay with the backend', true],
  ])('are kept out of the scores, %s', async (_, held) => {
    const { port } = await loaded(null, fakeMaskModelFiles(), held);
    expect(furthest((await port.run(tile(), signal, nothing)).logits, expected(tile()))).toBeLessThan(ROUNDING);
  });

  it('are kept out date by date, too, and in subsets of the dates', async () => {
    const { port } = await loaded();
    const whole = await port.run(tile(), signal, nothing, { dateSubsets: 2 });
    for (const [at, day] of DAYS.entries()) {
      const one = tile();
      await port.encode('a', { ...one, days: [day], pixels: [one.pixels[at]!], valid: [VALID[at]!] }, signal);
    }
    expect(await port.decode('a', tile(), signal, 2)).toEqual(whole);
    expect(furthest((await port.decode('a', tile(), signal)).logits, expected(tile()))).toBeLessThan(ROUNDING);
  });

  it.each([
    ['a tile that has no map', undefined],
    ['dates that have none', DAYS.map(() => null)],
    ['maps without a hole', DAYS.map(() => new Uint8Array(PLANE).fill(1))],
  ])('are none in %s', async (_, valid) => {
    const { port } = await loaded();
    const { rows, columns, days, pixels } = tile();
    const bare: SeriesTile = { rows, columns, days, pixels, ...(valid && { valid }) };
    expect(furthest((await port.run(bare, signal, nothing)).logits, expected(bare))).toBeLessThan(ROUNDING);
  });

  it('are reflected with the tile that is grown', async () => {
    const { port } = await loaded();
    const [rows, columns] = [3, 5];
    const pixels = DAYS.map((day) => Float32Array.from({ length: 2 * rows * columns }, (_, at) => (at % 7) + day / 10));
    const valid = DAYS.map((_, date) =>
      Uint8Array.from({ length: rows * columns }, (_v, at) => (at % 3 === date ? 0 : 1)),
    );
    const { logits } = await port.run({ rows, columns, days: DAYS, pixels, valid }, signal, nothing);
    for (let pixel = 0; pixel < rows * columns; pixel += 1) {
      const bands = pixels.map((of): [number, number] => [of[pixel]!, of[rows * columns + pixel]!]);
      const right = fakeMaskedLogits(
        bands,
        DAYS,
        DAYS.map((_, date) => valid[date]![pixel] === 1),
      );
      right.forEach((value, code) => expect(logits[code * rows * columns + pixel]).toBeCloseTo(value, 1));
    }
  });

  it('are taken as they are by a network that does not mask', async () => {
    const { port } = await loaded(null, fakeModelFiles());
    const bare = await port.run({ ...tile(), valid: DAYS.map(() => null) }, signal, nothing);
    expect((await port.run(tile(), signal, nothing)).logits).toEqual(bare.logits);
  });

  it('are copied for a second try: a worker takes them away', async () => {
    const { port: inner } = portOver();
    let tries = 0;
    const moving: SegmentPort = {
      ...inner,
      async run(given, ...rest) {
        const buffers = [...given.pixels, ...given.valid!.filter((of) => of !== null)].map(({ buffer }) => buffer);
        const moved = structuredClone(given, { transfer: buffers });
        tries += 1;
        if (tries > 1) return inner.run(moved, ...rest);
        throw Object.assign(new Error('lost'), { name: 'CropError' });
      },
    };
    const port = withFallback(moving);
    await port.load(MODEL_URL, signal, nothing);
    const given = tile();
    await expect(port.run(given, signal, nothing)).rejects.toThrow('lost');
    expect(furthest((await port.run(given, signal, nothing)).logits, expected(tile()))).toBeLessThan(ROUNDING);
  });
});

describe('a store of features of a network that masks', () => {
  const home = (): Cache => createCache({ ...createMemoryBlobs(), persistent: true }, { budget: async () => 1e6 });

  it('keeps the maps with the features', async () => {
    const cache = home();
    const before = await (await loaded(cache)).port.run(tile(), signal, nothing);
    const second = await loaded(cache);
    const begun = second.encoded();
    expect(await second.port.recall(before.features, tile(), signal)).toEqual(before);
    expect(await second.port.run(tile(), signal, nothing)).toEqual(before);
    expect(second.encoded()).toBe(begun);
    expect(furthest(before.logits, expected(tile()))).toBeLessThan(ROUNDING);
  });

  it('keeps dates of the same pixels and other maps apart', async () => {
    const cache = home();
    await (await loaded(cache)).port.run(tile(), signal, nothing);
    const second = await loaded(cache);
    const begun = second.encoded();
    const { logits } = await second.port.run(tile([null, VALID[2]!, VALID[1]!]), signal, nothing);
    expect(second.encoded()).toBe(begun + DAYS.length);
    expect(furthest(logits, expected(tile([null, VALID[2]!, VALID[1]!])))).toBeLessThan(ROUNDING);
  });
});
