import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packHalves, unpack } from '../../../src/segment/half';

function there(...values: number[]): number[] {
  return [...packHalves(Float32Array.from(values))];
}

function andBack(...values: number[]): number[] {
  const back = new Float32Array(values.length);
  unpack(back, 0, packHalves(Float32Array.from(values)), 0, values.length);
  return [...back];
}

describe('half-precision floats', () => {
  it('have the bits that IEEE 754 gives them', () => {
    // Values and bits from the standard's own examples and limits.
    expect(there(0, 1, -2, 65504, 2 ** -14, 2 ** -24, 1 / 3)).toEqual([0, 0x3c00, 0xc000, 0x7bff, 0x0400, 1, 0x3555]);
  });

  it('round ties to even, and what is beyond the range to the largest', () => {
    expect(andBack(1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25)).toEqual([1, 1 + 2 ** -9, 0, 2 ** -23]);
    expect(andBack(65519, 65520, 1e9, -Infinity)).toEqual([65504, 65504, 65504, -65504]);
  });

  it('keep what is no number, so that a broken backend is found out', () => {
    expect(andBack(Number.NaN)).toEqual([Number.NaN]);
  });

  it('are never further off than half a step', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
        const [back] = andBack(value) as [number];
        const step = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - 10));
        expect(Math.abs(back - value)).toBeLessThanOrEqual(step / 2);
      }),
    );
  });

  it('are read from where they are asked for, floats as they are', () => {
    const target = new Float32Array(4);
    unpack(target, 1, packHalves(Float32Array.of(5, 6, 7)), 1, 2);
    unpack(target, 3, Float32Array.of(1, 0.1), 1, 1);
    expect([...target]).toEqual([0, 6, 7, Math.fround(0.1)]);
  });
});
