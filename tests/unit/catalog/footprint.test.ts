import { describe, expect, it } from 'vitest';
import { sawPoint, type Scene } from '../../../src/catalog';
import { footprintOf } from '../../../src/catalog/footprint';
import { sceneOn } from './scenes';

/** A scene with an outline, or with a box only. */
const scene = (geometry: unknown, bbox: Scene['bbox'] = null): Scene => {
  const footprint = footprintOf(geometry);
  return sceneOn('2019-06-06', { bbox, ...(footprint === null ? {} : { footprint }) });
};

const polygon = (...ring: [number, number][]) => ({ type: 'Polygon', coordinates: [ring] });

describe('where a scene has data', () => {
  it('is inside its outline, whatever its box says', () => {
    const swath = scene(polygon([14, 50], [15, 50], [14.5, 51], [14, 51], [14, 50]), [14, 50, 15, 51]);
    expect(sawPoint(swath, [14.2, 50.5])).toBe(true);
    expect(sawPoint(swath, [14.9, 50.9])).toBe(false);
  });

  it('is not in a hole, and is in each of several polygons', () => {
    const square = (x: number, size: number): [number, number][] => [
      [x, 50],
      [x + size, 50],
      [x + size, 50 + size],
      [x, 50 + size],
      [x, 50],
    ];
    const hole = square(14.25, 0.5).map(([x, y]) => [x, y + 0.25]);
    const holed = scene({ type: 'Polygon', coordinates: [square(14, 1), hole] });
    expect([sawPoint(holed, [14.5, 50.5]), sawPoint(holed, [14.1, 50.1])]).toEqual([false, true]);
    const two = scene({ type: 'MultiPolygon', coordinates: [[square(14, 1)], [square(16, 1)]] });
    expect([14.5, 15.5, 16.5].map((x) => sawPoint(two, [x, 50.5]))).toEqual([true, false, true]);
  });

  it.each([
    ['one ring over it', polygon([179, -17], [-179, -17], [-179, -16], [179, -16], [179, -17])],
    ['one ring that goes on east', polygon([179, -17], [181, -17], [181, -16], [179, -16], [179, -17])],
    [
      'two polygons cut there',
      {
        type: 'MultiPolygon',
        coordinates: [
          polygon([179, -17], [180, -17], [180, -16], [179, -16], [179, -17]).coordinates,
          polygon([-180, -17], [-179, -17], [-179, -16], [-180, -16], [-180, -17]).coordinates,
        ],
      },
    ],
    ['a box over it', null],
  ])('may lie on both sides of 180 degrees: %s', (_, geometry) => {
    const fiji = scene(geometry, [179, -17, -179, -16]);
    expect([179.5, -179.5].map((x) => sawPoint(fiji, [x, -16.5]))).toEqual([true, true]);
    expect([178, -178, 0].map((x) => sawPoint(fiji, [x, -16.5]))).toEqual([false, false, false]);
  });

  it('is in its box where it has no outline, and not known where it has neither', () => {
    expect(sawPoint(scene(null, [14, 50, 15, 51]), [14.5, 50.5])).toBe(true);
    expect(sawPoint(scene({ type: 'Point', coordinates: [14, 50] }, [14, 50, 15, 51]), [15.5, 50.5])).toBe(false);
    expect(sawPoint(scene(null), [14.5, 50.5])).toBeNull();
  });
});
