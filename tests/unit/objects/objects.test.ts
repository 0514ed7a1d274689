import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageInside, findObjects, principalAxes } from '../../../src/objects';
import { mulberry32 } from '../../support/random';

const COST = 64;

/** A chessboard of fields of `side` pixels in two planes, with noise of one unit. */
function chessboard(columns: number, rows: number, side: number, contrast: number): Float32Array {
  const noise = mulberry32(3);
  return Float32Array.from({ length: 2 * columns * rows }, (_, at) => {
    const pixel = at % (columns * rows);
    const field = Math.floor((pixel % columns) / side) + Math.floor(pixel / columns / side);
    return contrast * (field % 2) + noise();
  });
}

describe('findObjects', () => {
  it('finds fields through noise, each whole and none joined with its neighbour', () => {
    const { ids, count } = findObjects(chessboard(40, 30, 10, 20), 40, 30, COST);
    expect(count).toBe(12);
    for (let pixel = 0; pixel < ids.length; pixel++) {
      expect(ids[pixel]).toBe(4 * Math.floor(pixel / 40 / 10) + Math.floor((pixel % 40) / 10));
    }
  });

  it('gives the same whatever the unit of the planes', () => {
    const planes = chessboard(24, 24, 6, 15);
    const scaled = planes.map((value) => value * 512);
    expect(findObjects(scaled, 24, 24, COST)).toEqual(findObjects(planes, 24, 24, COST));
  });

  it('leaves a pixel that is unlike all around an object of its own', () => {
    const planes = chessboard(9, 9, 9, 0);
    for (const plane of [0, 81]) planes[plane + 40]! += 100;
    const { ids, count } = findObjects(planes, 9, 9, COST);
    expect(count).toBe(2);
    expect(ids.filter((id) => id === ids[40])).toHaveLength(1);
  });

  it('takes an even window for one object, also one of a single row, column or pixel', () => {
    for (const [columns, rows] of [
      [7, 5],
      [1, 6],
      [6, 1],
      [1, 1],
    ] as const) {
      const { ids, count } = findObjects(new Float32Array(3 * columns * rows).fill(4), columns, rows, COST);
      expect([count, ids.length]).toEqual([1, columns * rows]);
    }
  });

  it('numbers objects that hang together, from 0, in the order of their first pixels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.nat(), (columns, rows, seed) => {
        const noise = mulberry32(seed + 1);
        const planes = Float32Array.from({ length: columns * rows }, () => Math.round(4 * noise()));
        const { ids, count } = findObjects(planes, columns, rows, 2);
        const firsts = [...new Set(ids)];
        expect(firsts).toEqual(firsts.map((_, at) => at));
        expect(firsts).toHaveLength(count);
        for (const id of firsts) expect(partsOf(ids, columns, id)).toBe(1);
      }),
    );
  });
});

/** 4-connected parts of the pixels of one object. */
function partsOf(ids: Int32Array, columns: number, id: number): number {
  const left = new Set([...ids.keys()].filter((pixel) => ids[pixel] === id));
  let parts = 0;
  for (const start of left) {
    parts++;
    const open = [start];
    for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
      if (!left.delete(pixel)) continue;
      const column = pixel % columns;
      if (column > 0) open.push(pixel - 1);
      if (column < columns - 1) open.push(pixel + 1);
      open.push(pixel - columns, pixel + columns);
    }
  }
  return parts;
}

describe('principalAxes', () => {
  it('are the directions of greatest spread, the greatest first', () => {
    const random = mulberry32(5);
    const noise = (): number => random() - 0.5;
    const samples = new Float32Array(600);
    for (let at = 0; at < samples.length; at += 3) {
      const [long, short] = [20 * noise(), 4 * noise()];
      // Along (1, 1, 0) and (1, -1, 0).
      samples.set([long + short, long - short, 0], at);
    }
    const [first, second, third] = principalAxes(samples, 3, 3);
    const half = Math.SQRT1_2;
    expect(Math.abs(first![0]! * half + first![1]! * half)).toBeCloseTo(1, 4);
    expect(Math.abs(second![0]! * half - second![1]! * half)).toBeCloseTo(1, 4);
    expect([...third!]).toEqual([0, 0, 0]);
  });

  it('are no more than there are features, and zeros without any spread', () => {
    expect(principalAxes(new Float32Array(8), 2, 5).map((axis) => [...axis])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

describe('averageInside', () => {
  const objects = { ids: Int32Array.of(0, 0, 0, 1, 1), count: 2 };

  it('gives all pixels of an object its mean and the class that is greatest in it', () => {
    const labels = Uint8Array.of(0, 0, 1, 1, 0);
    const probabilities = Uint8Array.of(150, 130, 20, 100, 140, 100, 120, 230, 150, 110);
    expect(averageInside({ labels, probabilities }, objects, 255)).toBe(3);
    expect([...labels]).toEqual([1, 1, 1, 1, 1]);
    expect([...probabilities]).toEqual([100, 100, 100, 120, 120, 150, 150, 150, 130, 130]);
  });

  it('neither counts nor changes pixels without data, also where an object has no other', () => {
    const labels = Uint8Array.of(0, 255, 0, 255, 255);
    const probabilities = Uint8Array.of(200, 255, 100, 255, 255, 50, 255, 150, 255, 255);
    expect(averageInside({ labels, probabilities }, objects, 255)).toBe(0);
    expect([...labels]).toEqual([0, 255, 0, 255, 255]);
    expect([...probabilities]).toEqual([150, 255, 150, 255, 255, 100, 255, 100, 255, 255]);
  });

  it('takes the lowest code among equals', () => {
    const labels = Uint8Array.of(1, 1, 1, 1, 1);
    averageInside({ labels, probabilities: new Uint8Array(10).fill(125) }, objects, 255);
    expect([...labels]).toEqual([0, 0, 0, 0, 0]);
  });
});
