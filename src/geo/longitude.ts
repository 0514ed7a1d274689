import type { BboxWgs84, LonLat } from './types';

const TURN = 360;
const HALF_TURN = 180;

/** A longitude as RFC 7946 writes it, -180 to 180. */
export function wrapLongitude(longitude: number): number {
  if (longitude >= -HALF_TURN && longitude <= HALF_TURN) return longitude;
  return longitude - TURN * Math.floor((longitude + HALF_TURN) / TURN);
}

/** The same longitude, written so that it is within half a turn of another one: 180.1 beside 179.9, not -179.9. */
export function longitudeNear(longitude: number, other: number): number {
  return longitude - TURN * Math.round((longitude - other) / TURN);
}

/** Whether a box crosses the 180th meridian: its west is then greater than its east (RFC 7946, 5.2). */
export function crossesAntimeridian([west, , east]: BboxWgs84): boolean {
  return west > east;
}

/**
 * A box in the form of RFC 7946: longitudes from -180 to 180, west greater than east where it crosses the 180th
 * meridian, -180 to 180 where it goes all around.
 */
export function wrapBbox([west, south, east, north]: BboxWgs84): BboxWgs84 {
  if (east - west >= TURN) return [-HALF_TURN, south, HALF_TURN, north];
  // The edge of a box that only touches the meridian stays on the box's own side of it.
  const first = wrapLongitude(west) === HALF_TURN && west < east ? -HALF_TURN : wrapLongitude(west);
  const last = wrapLongitude(east) === -HALF_TURN && west < east ? HALF_TURN : wrapLongitude(east);
  return [first, south, last, north];
}

/** A box with an east greater than its west, over 180 where it crosses the meridian: what maps on a screen want. */
export function unwrapBbox([west, south, east, north]: BboxWgs84): BboxWgs84 {
  return [west, south, west > east ? east + TURN : east, north];
}

/** A box as one, or, across the 180th meridian, two boxes that every server understands. */
export function splitBbox(bbox: BboxWgs84): BboxWgs84[] {
  const wrapped = wrapBbox(bbox);
  const [west, south, east, north] = wrapped;
  if (!crossesAntimeridian(wrapped)) return [wrapped];
  return [
    [west, south, HALF_TURN, north],
    [-HALF_TURN, south, east, north],
  ];
}

/** Degrees from west to east. */
export function bboxWidth(bbox: BboxWgs84): number {
  const [west, , east] = unwrapBbox(bbox);
  return east - west;
}

/** Points in a row without a jump of a whole turn, the first one near a longitude. */
export function continuous(points: readonly LonLat[], near: number): LonLat[] {
  return points.map(([longitude, latitude]) => [longitudeNear(longitude, near), latitude]);
}
