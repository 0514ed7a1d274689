import { describe, expect, it } from 'vitest';
import { CROP_CLASSES, isCrop, NOT_CLASSIFIED, rgbOfHex } from '../../../src/crops';

describe('the nomenclature', () => {
  it('lists fifteen classes by code, each with a colour of its own', () => {
    expect(CROP_CLASSES.map(({ code }) => code)).toEqual(Array.from({ length: 15 }, (_, code) => code));
    expect(new Set(CROP_CLASSES.map(({ color }) => color)).size).toBe(15);
  });

  it('calls 1 to 13 crops, not the ground, not the ignored class', () => {
    expect(CROP_CLASSES.filter(({ code }) => isCrop(code)).map(({ code }) => code)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
    ]);
    expect(isCrop(NOT_CLASSIFIED)).toBe(false);
  });

  it('reads hex colours', () => {
    expect(rgbOfHex('#a0db8e')).toEqual([160, 219, 142]);
  });
});
