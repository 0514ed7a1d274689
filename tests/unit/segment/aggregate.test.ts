import { describe, expect, it } from 'vitest';
import type { Backend, DateFeatures, FloatTensor, HeldFeatures, ModelCard, Tensors } from '../../../src/segment';
import { decodeDates, encodeDate } from '../../../src/segment/network';
import { fakeModelFiles, MODEL_URL } from './support/fake-model';
import { holding } from './support/resident-backend';

const { signal } = new AbortController();
const CARD = fakeModelFiles().get(`${MODEL_URL}/model.json`) as ModelCard;
const SIZE = 16;
const COARSE = 2;
const HEADS = 2;

/**
 * A network whose attended scale is an eighth of the full one. Encoder: the mean of the first band in each 8 x 8 block,
 * and the two bands. Attention: the days as weights of the first head, their negatives of the second. Decoder: class 0
 * is the first band's sum, class 1 the second's, class 2 the embedding of the block, which is the number of dates.
 */
function coarseBackend(): Backend & { readonly calls: string[]; readonly shapes: Record<string, readonly number[]>[] } {
  const calls: string[] = [];
  const shapes: Record<string, readonly number[]>[] = [];
  const stages: Record<string, (inputs: Tensors) => Record<string, FloatTensor>> = {
    encoder: ({ pixels }) => {
      const data = new Float32Array(COARSE * COARSE * 2);
      for (let at = 0; at < SIZE * SIZE; at++) {
        const block = Math.floor(at / SIZE / 8) * COARSE + Math.floor((at % SIZE) / 8);
        data[block * 2]! += pixels!.data[at]! / 64;
      }
      const skip0 = { data: Float32Array.from(pixels!.data), shape: [1, 2, SIZE, SIZE] };
      return { features: { data, shape: [COARSE * COARSE, 2] }, skip0 };
    },
    attention: ({ features, days }) => {
      const [dates, pixels] = features!.shape as [number, number];
      const weights = new Float32Array(dates * HEADS * pixels);
      weights.forEach((_, at) => {
        const head = Math.floor(at / pixels) % HEADS;
        weights[at] = days!.data[Math.floor(at / pixels / HEADS)]! * (head === 0 ? 1 : -1);
      });
      const embedding = { data: new Float32Array(pixels * 3).fill(dates), shape: [pixels, 3] };
      return { weights: { data: weights, shape: [dates, HEADS, pixels] }, embedding };
    },
    aggregate: ({ weights, skip0, sum0 }) => {
      const plane = SIZE * SIZE;
      const data = sum0!.data.map((sum, at) => sum + skip0!.data[at]! * weights!.data[at < plane ? 0 : COARSE ** 2]!);
      return { total0: { data, shape: sum0!.shape } };
    },
    decoder: ({ embedding, total0 }) => {
      const plane = SIZE * SIZE;
      const data = new Float32Array(3 * plane);
      data.set(total0!.data);
      data.fill(embedding!.data[0]!, 2 * plane);
      return { logits: { data, shape: [1, 3, SIZE, SIZE] } };
    },
  };
  return {
    name: 'wasm',
    description: 'fake',
    calls,
    shapes,
    async run(stage, inputs) {
      calls.push(stage);
      shapes.push(Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape])));
      return stages[stage]!(inputs);
    },
    dispose: async () => undefined,
  };
}

const DAYS = [30, 10, 20];

/** Features of three dates; of each, the first band is its number, the second ten times that. */
async function encoded(backend: Backend): Promise<(DateFeatures | HeldFeatures)[]> {
  const dates: (DateFeatures | HeldFeatures)[] = [];
  for (const [date, day] of DAYS.entries()) {
    const pixels = Float32Array.from({ length: 2 * SIZE * SIZE }, (_, at) => (date + 1) * (at < SIZE * SIZE ? 1 : 10));
    dates.push((await encodeDate(CARD, backend, pixels, { rows: SIZE, columns: SIZE }, day, signal))!);
  }
  return dates;
}

/** 30 x 1 + 10 x 2 + 20 x 3, the second head ten times that and negative, and three dates. */
function expectSums(logits: Float32Array): void {
  const plane = SIZE * SIZE;
  const found = [logits[0]!, logits[plane - 1]!, logits[plane]!, logits[2 * plane]!];
  [110, 110, -1100, 3].forEach((expected, at) => expect(found[at]).toBeCloseTo(expected, 2));
}

describe('a network that adds up the maps of its dates', () => {
  it('is run stage by stage, one date at a time, with weights of the attended scale', async () => {
    const backend = coarseBackend();
    const dates = await encoded(backend);
    const { logits } = await decodeDates(CARD, backend, dates, { rows: SIZE, columns: SIZE }, signal);
    expect(backend.calls.slice(3)).toEqual(['attention', 'aggregate', 'aggregate', 'aggregate', 'decoder']);
    expect(backend.shapes[4]).toEqual({
      weights: [1, HEADS, COARSE, COARSE],
      skip0: [1, 2, SIZE, SIZE],
      sum0: [1, 2, SIZE, SIZE],
    });
    expect(backend.shapes[7]).toEqual({ embedding: [COARSE, COARSE, 3], total0: [1, 2, SIZE, SIZE] });
    expectSums(logits);
  });

  it('does the same where its tensors stay with the backend, in strips of one pixel, and gives them back', async () => {
    // Twelve values are what the embedding has, and two pixels of three dates.
    const { backend, live } = holding(coarseBackend(), 12);
    const dates = await encoded(backend);
    const { logits } = await decodeDates(CARD, backend, dates, { rows: SIZE, columns: SIZE }, signal);
    expectSums(logits);
    expect(live()).toBe(DAYS.length * 2);
  });
});
