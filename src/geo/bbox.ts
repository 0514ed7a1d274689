import { CropError } from '../errors';
import type { BboxWgs84 } from './types';

/** UTM and MGRS end here; beyond are the polar grids, where nothing is grown. */
const SOUTH_END = -80;
const NORTH_END = 84;

/**
 * Checks that a box is one: four numbers, west of east, south of north, in the reach of UTM.
 * @throws CropError `geo/bad-bbox` with the reason
 */
export function checkBbox(bbox: BboxWgs84): void {
  const [west, south, east, north] = bbox;
  const reason = !bbox.every(Number.isFinite)
    ? 'it needs four numbers'
    : west < -180 || east > 180
      ? 'longitudes go from -180 to 180'
      : west >= east
        ? 'west must be less than east (boxes across the 180th meridian have to be cut in two)'
        : south >= north
          ? 'south must be less than north'
          : south < SOUTH_END || north > NORTH_END
            ? `latitudes go from ${SOUTH_END} to ${NORTH_END}`
            : null;
  if (reason !== null) throw new CropError('geo/bad-bbox', { bbox: bbox.join(', '), reason });
}

/** Whether two boxes share more than an edge. */
export function bboxesOverlap(a: BboxWgs84, b: BboxWgs84): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** The smallest box around points. */
export function bboxAround(points: readonly (readonly [number, number])[]): BboxWgs84 {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
