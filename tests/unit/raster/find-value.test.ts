import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, replaceValue } from '../../../src/raster/find-value';

const few = fc.constantFrom(0, 1, 2, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff);

describe('a value among pixels', () => {
  it('of 16 bits is found and replaced as one by one', () => {
    fc.assert(
      fc.property(fc.array(few, { maxLength: 40 }), few, few, fc.nat(3), (values, value, instead, skipped) => {
        // Windows of kernels' memory begin anywhere.
        const pixels = Uint16Array.from([...Array<number>(skipped).fill(9), ...values]).subarray(skipped);
        expect(holds(pixels, value)).toBe(values.includes(value));
        if (value === instead) return;
        replaceValue(pixels, value, instead);
        expect([...pixels]).toEqual(values.map((one) => (one === value ? instead : one)));
      }),
      { numRuns: 2000 },
    );
  });

  it('of other types too, NaN included', () => {
    expect(holds(Float32Array.of(1, NaN), NaN)).toBe(true);
    expect(holds(Float32Array.of(1, 2), NaN)).toBe(false);
    expect(holds(Int16Array.of(-9999), -9999)).toBe(true);
    const pixels = Uint8Array.of(0, 5, 0);
    replaceValue(pixels, 0, 1);
    expect([...pixels]).toEqual([1, 5, 1]);
  });
});
