import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedBytes, packTensor, unpack } from '../../../src/segment/pack';

const pack = (values: readonly number[]) => packTensor({ data: Float32Array.from(values), shape: [values.length] });

function whole(values: readonly number[]): Float32Array {
  const back = new Float32Array(values.length);
  unpack(back, 0, pack(values), 0, values.length);
  return back;
}

describe('packed tensors', () => {
  it('are never further off than a 65 000th of the largest of 64 neighbours', () => {
    const float = fc.float({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 200 }), (values) => {
        whole(values).forEach((value, at) => {
          const block = values.slice(Math.floor(at / 64) * 64, Math.floor(at / 64) * 64 + 64);
          const largest = Math.max(...block.map(Math.abs));
          expect(Math.abs(value - values[at]!)).toBeLessThanOrEqual(largest / 65_000 + 1e-40);
        });
      }),
    );
  });

  it('keep zeros and the largest value exactly, and let an outlier spoil its neighbours only', () => {
    const values = Array.from({ length: 128 }, (_, at) => (at === 0 ? 1e6 : at % 2));
    const back = whole(values);
    expect(back[0]).toBeCloseTo(1e6, 0);
    expect([back[2], back[3]]).toEqual([0, 0]);
    expect([...back.subarray(64, 68)]).toEqual([0, 1, 0, 1]);
    expect([...whole([0, 0, 0])]).toEqual([0, 0, 0]);
  });

  it('keep what is no number, so that a broken backend is found out', () => {
    expect(whole([1, Number.NaN, 2]).every((value) => Number.isNaN(value))).toBe(true);
    expect(whole([1, Infinity, 2]).some((value) => !Number.isFinite(value))).toBe(true);
  });

  it('are read from anywhere, and take half the memory', () => {
    const values = Array.from({ length: 300 }, (_, at) => at);
    const packed = pack(values);
    const target = new Float32Array(100);
    unpack(target, 10, packed, 130, 80);
    const all = whole(values);
    expect(target.slice(10, 90)).toEqual(all.slice(130, 210));
    expect([target[9], target[90]]).toEqual([0, 0]);
    expect(packedBytes(packed)).toBe(2 * 300 + 4 * 5);
    expect(packed.shape).toEqual([300]);
  });
});
