import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelRegions, tracePolygons, type TracedPolygon } from '../../../src/fields';

/** Labels from a picture: one character per pixel, blanks between. */
function picture(...lines: string[]): { labels: Uint8Array; columns: number; rows: number } {
  const cells = lines.map((line) => line.split(' ').map(Number));
  return { labels: Uint8Array.from(cells.flat()), columns: cells[0]?.length ?? 0, rows: cells.length };
}

const trace = (scene: ReturnType<typeof picture>, skip: number[] = [0], minPixels = 1) =>
  tracePolygons(scene.labels, scene.columns, scene.rows, { skip, minPixels });

/** Twice the signed area with north up: positive is counter-clockwise. */
function signedArea(ring: Int32Array): number {
  let doubled = 0;
  for (let at = 0; at + 3 < ring.length; at += 2) {
    doubled += (ring[at + 2] as number) * (ring[at + 1] as number) - (ring[at] as number) * (ring[at + 3] as number);
  }
  return doubled / 2;
}

describe('tracePolygons', () => {
  it('puts the border of a pixel on its four corners, counter-clockwise with north up', () => {
    const [only] = trace(picture('0 0 0', '0 3 0', '0 0 0'));
    expect(only?.label).toBe(3);
    expect(only?.pixels).toBe(1);
    expect(ringPoints(only?.exterior)).toEqual(['1,1', '1,2', '2,2', '2,1', '1,1']);
    expect(signedArea(only?.exterior as Int32Array)).toBe(1);
  });

  it('keeps true corners only', () => {
    const [only] = trace(picture('4 4 4', '4 4 4'));
    expect(only?.exterior.length).toBe(2 * 5);
  });

  it('makes inner rings of holes, clockwise, and a polygon of what fills them', () => {
    const polygons = trace(picture('2 2 2', '2 7 2', '2 2 2'));
    expect(polygons.map((polygon) => [polygon.label, polygon.pixels, polygon.holes.length])).toEqual([
      [2, 8, 1],
      [7, 1, 0],
    ]);
    expect(signedArea(polygons[0]?.holes[0] as Int32Array)).toBe(-1);
    expect(new Set(ringPoints(polygons[0]?.holes[0]))).toEqual(new Set(ringPoints(polygons[1]?.exterior)));
  });

  it('separates pixels that touch only at a corner', () => {
    const polygons = trace(picture('5 0', '0 5'));
    expect(polygons.map((polygon) => polygon.pixels)).toEqual([1, 1]);
  });

  it('lets rings of one patch touch in a corner without crossing', () => {
    // The patch closes around the middle pixel and meets itself diagonally at (1, 1): a hole, not a bay.
    const [only] = trace(picture('0 6 6', '6 0 6', '6 6 6'));
    expect(only?.holes.length).toBe(1);
    expect(ringPoints(only?.exterior)).toContain('1,1');
    expect(ringPoints(only?.holes[0])).toContain('1,1');
    for (const ring of [only?.exterior, only?.holes[0]]) {
      const points = ringPoints(ring).slice(1);
      expect(new Set(points).size).toBe(points.length);
    }
  });

  it('leaves out skipped labels and patches that are too small', () => {
    const scene = picture('1 1 2', '1 1 255');
    expect(trace(scene, [255], 4).map((polygon) => polygon.label)).toEqual([1]);
    expect(trace(scene, [1, 255]).map((polygon) => polygon.label)).toEqual([2]);
  });

  it('covers every pixel exactly once, with simple rings and exact areas, whatever the labels', () => {
    const scenes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([columns, rows]) =>
      fc.record({
        columns: fc.constant(columns),
        rows: fc.constant(rows),
        labels: fc.uint8Array({ min: 0, max: 2, minLength: columns * rows, maxLength: columns * rows }),
      }),
    );
    fc.assert(
      fc.property(scenes, (scene) => {
        const polygons = trace(scene, []);
        for (const polygon of polygons) {
          expect(signedArea(polygon.exterior)).toBeGreaterThan(0);
          expect(areaOf(polygon)).toBe(polygon.pixels);
          for (const ring of [polygon.exterior, ...polygon.holes]) {
            const points = ringPoints(ring).slice(1);
            expect(new Set(points).size).toBe(points.length);
          }
          for (const hole of polygon.holes) expect(signedArea(hole)).toBeLessThan(0);
        }
        expect(polygons.reduce((sum, polygon) => sum + polygon.pixels, 0)).toBe(scene.labels.length);
      }),
      { numRuns: 300 },
    );
  });

  it('traces a whole cell of noise and one of a single class', () => {
    const side = 1098;
    const noise = new Uint8Array(side * side);
    for (let at = 0, state = 1; at < noise.length; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      noise[at] = state >>> 30;
    }
    const polygons = tracePolygons(noise, side, side, { skip: [] });
    expect(polygons.reduce((sum, polygon) => sum + areaOf(polygon), 0)).toBe(side * side);
    const [whole, ...more] = tracePolygons(new Uint8Array(side * side), side, side, { skip: [] });
    expect(more).toEqual([]);
    expect(ringPoints(whole?.exterior).length).toBe(5);
  });
});

describe('labelRegions', () => {
  it('numbers patches in order of appearance, also where arms meet late', () => {
    const { labels, columns, rows } = picture('1 0 1', '1 0 1', '1 1 1');
    const map = labelRegions(labels, columns, rows);
    expect(Array.from(map.regions)).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 0]);
    expect(Array.from(map.pixels)).toEqual([7, 2]);
    expect(Array.from(map.labels)).toEqual([1, 0]);
  });
});

function areaOf(polygon: TracedPolygon): number {
  return polygon.holes.reduce((sum, hole) => sum + signedArea(hole), signedArea(polygon.exterior));
}

function ringPoints(ring: Int32Array | undefined): string[] {
  const points: string[] = [];
  for (let at = 0; ring !== undefined && at < ring.length; at += 2) points.push(`${ring[at]},${ring[at + 1]}`);
  return points;
}
