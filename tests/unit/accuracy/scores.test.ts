import { describe, expect, it } from 'vitest';
import { confusionMatrix, evaluateMaps, scores } from '../../../src/accuracy';
import { isCropError } from '../../../src/errors';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('confusionMatrix', () => {
  it('counts truth in rows and predictions in columns', () => {
    const matrix = confusionMatrix(bytes(0, 1, 1, 2), bytes(0, 0, 1, 1), [0, 1, 2]);
    expect(matrix.counts).toEqual([
      [1, 1, 0],
      [0, 1, 1],
      [0, 0, 0],
    ]);
    expect(matrix.unanswered).toEqual([0, 0, 0]);
  });

  it('leaves ignored labels out, whatever was predicted there', () => {
    const matrix = confusionMatrix(bytes(0, 1, 1), bytes(14, 255, 1), [0, 1]);
    expect(matrix.counts).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('keeps a pixel predicted as an ignored class as a wrong answer', () => {
    const matrix = confusionMatrix(bytes(14, 255, 1), bytes(1, 1, 1), [0, 1]);
    expect(matrix.unanswered).toEqual([0, 2]);
    expect(scores(matrix).overallAccuracy).toBeCloseTo(1 / 3, 12);
  });

  it('refuses maps of different lengths and labels outside the nomenclature', () => {
    expect(caught(() => confusionMatrix(bytes(1), bytes(1, 1), [1]))).toSatisfy((error) =>
      isCropError(error, 'accuracy/different-lengths'),
    );
    expect(caught(() => confusionMatrix(bytes(1, 1), bytes(1, 77), [1]))).toSatisfy((error) =>
      isCropError(error, 'accuracy/unknown-label'),
    );
  });
});

describe('scores', () => {
  // Truth a: 50 (40 hit, 10 as b); truth b: 30 (20 hit, 5 as a, 5 unanswered); c never labelled, never predicted.
  const matrix = {
    classes: [1, 2, 3],
    counts: [
      [40, 10, 0],
      [5, 20, 0],
      [0, 0, 0],
    ],
    unanswered: [0, 5, 0],
  };
  const result = scores(matrix);

  it('agrees with the measures worked out by hand', () => {
    expect(result.pixels).toBe(80);
    expect(result.overallAccuracy).toBeCloseTo(60 / 80, 12);
    const [a, b] = result.perClass;
    expect(a).toMatchObject({ code: 1, support: 50, predicted: 45 });
    expect(a?.iou).toBeCloseTo(40 / 55, 12);
    expect(a?.precision).toBeCloseTo(40 / 45, 12);
    expect(a?.recall).toBeCloseTo(40 / 50, 12);
    expect(a?.f1).toBeCloseTo(80 / 95, 12);
    expect(b?.iou).toBeCloseTo(20 / 40, 12);
    expect(b?.f1).toBeCloseTo(40 / 60, 12);
    expect(result.macroF1).toBeCloseTo((80 / 95 + 40 / 60) / 2, 12);
    expect(result.micro.precision).toBeCloseTo(60 / 75, 12);
    expect(result.micro.recall).toBeCloseTo(60 / 80, 12);
    expect(result.micro.f1).toBeCloseTo(120 / 155, 12);
  });

  it("computes Cohen's kappa from both marginals", () => {
    const observed = 60 / 80;
    const chance = (50 * 45 + 30 * 30) / (80 * 80);
    expect(result.kappa).toBeCloseTo((observed - chance) / (1 - chance), 12);
  });

  it('says null, never NaN, for a class that is neither labelled nor predicted, and keeps it out of the means', () => {
    expect(result.perClass[2]).toEqual({
      code: 3,
      iou: null,
      precision: null,
      recall: null,
      f1: null,
      support: 0,
      predicted: 0,
    });
    expect(JSON.stringify(scores({ classes: [1], counts: [[0]], unanswered: [0] }))).not.toMatch(/NaN/);
  });

  it('counts a class that occurs but is never predicted as 0 in the means', () => {
    const missed = scores({
      classes: [1, 2],
      counts: [
        [10, 0],
        [10, 0],
      ],
      unanswered: [0, 0],
    });
    expect(missed.perClass[1]).toMatchObject({ precision: null, recall: 0, f1: 0, iou: 0 });
    expect(missed.macroF1).toBeCloseTo((20 / 30 + 0) / 2, 12);
    expect(missed.macro.precision).toBeCloseTo((0.5 + 0) / 2, 12);
    expect(missed.kappa).toBe(0);
  });
});

describe('evaluateMaps', () => {
  it('judges all labelled pixels, and crops apart from background', () => {
    //                      hit hit bg->6 6->bg 14 in truth  14 in map  1 hit
    const truth = bytes(0, 6, 0, 6, 14, 6, 1, 255);
    const predicted = bytes(0, 6, 6, 0, 6, 14, 1, 3);
    const { all, crops } = evaluateMaps(predicted, truth);
    expect(all.pixels).toBe(6);
    expect(all.overallAccuracy).toBeCloseTo(3 / 6, 12);
    expect(crops.pixels).toBe(4);
    expect(crops.overallAccuracy).toBeCloseTo(2 / 4, 12);
    expect(crops.perClass.find((entry) => entry.code === 0)).toMatchObject({ support: 0, predicted: 1 });
    // Maize: 3 labelled, 1 hit, predicted once inside the crop pixels; grassland: perfect.
    expect(crops.macroF1).toBeCloseTo((2 / 4 + 1) / 2, 12);
    expect(all.confusion.classes).not.toContain(14);
  });
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}
