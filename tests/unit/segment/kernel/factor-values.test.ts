import { describe, expect, it } from 'vitest';
import { type FoldedValues, factorValues } from '../../../../src/segment/kernel/factor-values';
import { draw, furthest } from './support';

const [heads, channels, encoded, width] = [4, 24, 8, 16];

/** Per head [channels, encoded] times [encoded, width]. */
function product(values: Float32Array, ofPlaces: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: heads * channels * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    const head = Math.floor(row / channels);
    let sum = 0;
    for (let k = 0; k < encoded; k += 1) {
      sum += values[row * encoded + k]! * ofPlaces[(head * encoded + k) * width + column]!;
    }
    return sum;
  });
}

function folded(values: Float32Array, ofPlaces: Float32Array): FoldedValues {
  return { heads, channels, encoded, width, ofFeatures: product(values, ofPlaces), ofPlaces };
}

describe('the first factor of a folded matrix', () => {
  const values = draw(heads * channels * encoded, 1);
  const ofPlaces = draw(heads * encoded * width, 2);

  it('is found from the product and the second', () => {
    expect(furthest(factorValues(folded(values, ofPlaces))!, values)).toBeLessThan(1e-4);
  });

  it('is found where encodings reach the vectors by fewer ways than they have numbers', () => {
    const narrow = ofPlaces.map((value, at) => (Math.floor(at / width) % encoded === 3 ? 0 : value));
    const given = folded(values, narrow);
    expect(furthest(product(factorValues(given)!, narrow), given.ofFeatures)).toBeLessThan(1e-5);
  });

  it('is not made up where the matrix is no product', () => {
    const given = folded(values, ofPlaces);
    given.ofFeatures[7] = given.ofFeatures[7]! + 0.01;
    expect(factorValues(given)).toBeNull();
    expect(factorValues({ ...given, ofFeatures: draw(given.ofFeatures.length, 3) })).toBeNull();
    given.ofFeatures[7] = Number.NaN;
    expect(factorValues(given)).toBeNull();
  });

  it('is not used where the way over it is longer', () => {
    const given = folded(values, ofPlaces);
    expect(factorValues({ ...given, encoded: width, ofPlaces: draw(heads * width * width, 4) })).toBeNull();
  });
});
