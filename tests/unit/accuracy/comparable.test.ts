import { describe, expect, it } from 'vitest';
import { comparable, type CodeLayer } from '../../../src/accuracy';

const layer = (codes: ArrayLike<number>, more: Partial<CodeLayer> = {}): CodeLayer => ({
  codes,
  hasValue: null,
  unmasked: null,
  ...more,
});

describe('comparable', () => {
  it('leaves a pixel out for the first of its reasons, and every pixel is accounted for', () => {
    const labels = layer([1, 1, 1, 14, 255, 77, 77, -3, 5, 5, 5], {
      hasValue: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
      unmasked: [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    });
    const map = layer([1, 1, 6, 1, 1, 1, 1, 1, 5, 255, 5], {
      hasValue: [1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1],
      unmasked: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
    });
    const { predicted, truth, account } = comparable(map, labels);
    expect(account).toEqual({
      total: 11,
      counted: 1,
      excluded: { labelNodata: 1, labelMasked: 1, labelIgnored: 2, labelUnknown: 3, mapNodata: 2, mapMasked: 1 },
      unknownLabels: [
        { code: 77, pixels: 2 },
        { code: -3, pixels: 1 },
      ],
    });
    const sum = Object.values(account.excluded).reduce((all, pixels) => all + pixels, account.counted);
    expect(sum).toBe(account.total);
    expect([...truth]).toEqual([255, 255, 1, ...Array<number>(8).fill(255)]);
    expect(predicted[2]).toBe(6);
  });

  it('takes codes of any numeric type, and counts what is no class in the map as wrong', () => {
    const { predicted, truth } = comparable(layer(Int32Array.of(3, -1, 70_000)), layer(Float32Array.of(3, 4, 5)));
    expect([...predicted]).toEqual([3, 14, 14]);
    expect([...truth]).toEqual([3, 4, 5]);
  });

  it.each([
    ['labels', layer([1]), layer(Float32Array.of(1.5))],
    ['map', layer(Float32Array.of(1.5)), layer([1])],
  ])('refuses %s that are no whole numbers', (name, map, labels) => {
    expect(() => comparable(map, labels)).toThrow(`The ${name} hold the value 1.5`);
  });

  it('does not look at what is not there', () => {
    const { account } = comparable(layer([1, 1]), layer(Float32Array.of(NaN, 0.5), { hasValue: [0, 0] }));
    expect(account).toMatchObject({ counted: 0, excluded: { labelNodata: 2 } });
  });

  it('refuses layers of different lengths', () => {
    expect(() => comparable(layer([1]), layer([1, 1]))).toThrow('The map has 1 pixels, the labels have 2.');
  });
});
