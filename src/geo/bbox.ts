import { CropError } from '../errors';
import { bboxWidth, splitBbox } from './longitude';
import type { BboxWgs84 } from './types';

/** UTM and MGRS end here; beyond are the polar grids, where nothing is grown. */
const SOUTH_END = -80;
const NORTH_END = 84;

/** A box may be typed across the 180th meridian as 179.9 to 180.1, or on a map that has gone around once. */
const FARTHEST_LONGITUDE = 360;

/** A box wider than this is none across the 180th meridian, but one with west and east in the wrong order. */
const WIDEST_DEGREES = 180;

/**
 * Checks that a box is one: four numbers, west of east, south of north, in the reach of UTM. West may be greater than
 * east, or a longitude be over 180, where the box crosses the 180th meridian.
 * @throws CropError `geo/bad-bbox` with the reason, `geo/beyond-utm`
 */
export function checkBbox(bbox: BboxWgs84): void {
  const [west, south, east, north] = bbox;
  const reason = !bbox.every(Number.isFinite)
    ? 'it needs four numbers'
    : Math.abs(west) > FARTHEST_LONGITUDE || Math.abs(east) > FARTHEST_LONGITUDE
      ? 'longitudes go from -180 to 180'
      : west === east || (west > east && bboxWidth(bbox) > WIDEST_DEGREES)
        ? 'west must be less than east (but across the 180th meridian, as in 179.9, -17, -179.9, -16.8)'
        : south >= north
          ? 'south must be less than north'
          : Math.abs(south) > 90 || Math.abs(north) > 90
            ? 'latitudes go from -90 to 90'
            : null;
  if (reason !== null) throw new CropError('geo/bad-bbox', { bbox: bbox.join(', '), reason });
  if (south < SOUTH_END || north > NORTH_END) {
    const latitude = Number((north > NORTH_END ? north : south).toFixed(2));
    throw new CropError('geo/beyond-utm', { latitude, south: SOUTH_END, north: NORTH_END });
  }
}

/** Whether two boxes share more than an edge, on either side of the 180th meridian. */
export function bboxesOverlap(a: BboxWgs84, b: BboxWgs84): boolean {
  return splitBbox(a).some((one) => splitBbox(b).some((other) => overlap(one, other)));
}

function overlap(a: BboxWgs84, b: BboxWgs84): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** The smallest box around points. */
export function bboxAround(points: readonly (readonly [number, number])[]): BboxWgs84 {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
