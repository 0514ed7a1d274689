import { describe, expect, it } from 'vitest';
import { createBandMedians } from '../../../src/series/band-medians';

/** A date of one row: bands after each other. */
const date = (bands: number[][], scl: number[]): [Uint16Array, Uint8Array] => [
  Uint16Array.from(bands.flat()),
  Uint8Array.from(scl),
];

describe('medians by band', () => {
  it('are taken over clear pixels of all dates; the lower one of two in the middle', () => {
    const medians = createBandMedians(2);
    medians.add(
      ...date(
        [
          [10, 20, 9999],
          [1, 2, 9999],
        ],
        [4, 5, 9],
      ),
    );
    medians.add(
      ...date(
        [
          [30, 0, 40],
          [3, 0, 4],
        ],
        [7, 0, 6],
      ),
    );
    expect(medians.read()).toEqual([20, 2]);
  });

  it('count no shadow, snow, cloud or missing pixel', () => {
    const medians = createBandMedians(1);
    medians.add(...date([[7, 1, 1, 1, 1, 1, 1]], [4, 0, 3, 8, 9, 10, 11]));
    expect(medians.read()).toEqual([7]);
  });

  it('are unknown where nothing was clear', () => {
    const medians = createBandMedians(3);
    medians.add(...date([[5], [5], [5]], [9]));
    expect(medians.read()).toBeNull();
  });

  it('of a large window are found from a sample of all its columns', () => {
    const side = 512;
    const dn = Uint16Array.from({ length: side * side }, (_, pixel) => 1000 + (pixel % side));
    const medians = createBandMedians(1);
    medians.add(dn, new Uint8Array(side * side).fill(4));
    expect(medians.read()![0]).toBeGreaterThan(1000 + side / 2 - 10);
    expect(medians.read()![0]).toBeLessThan(1000 + side / 2 + 10);
  });

  it('stand brightness that no ground has', () => {
    const medians = createBandMedians(1);
    medians.add(...date([[65535, 65535]], [4, 4]));
    expect(medians.read()).toEqual([16383]);
  });
});
