import * as v from 'valibot';
import type { LonLat } from '../geo';
import type { Scene } from './types';

type Footprint = NonNullable<Scene['footprint']>;

const RING = v.array(v.pipe(v.array(v.number()), v.minLength(2)));

const GEOMETRY = v.variant('type', [
  v.object({ type: v.literal('Polygon'), coordinates: v.array(RING) }),
  v.object({ type: v.literal('MultiPolygon'), coordinates: v.array(v.array(RING)) }),
]);

const HALF_TURN = 180;
const FULL_TURN = 360;

/** The outline of a GeoJSON geometry; null where it is no polygon. */
export function footprintOf(geometry: unknown): Footprint | null {
  const parsed = v.safeParse(GEOMETRY, geometry);
  if (!parsed.success) return null;
  const { type, coordinates } = parsed.output;
  const rings = (type === 'Polygon' ? coordinates : coordinates.flat()).filter(({ length }) => length > 2);
  return rings.length === 0 ? null : rings.map(unwrapped);
}

/** A ring that steps over 180 degrees goes on east of it, so that its points stay neighbours. */
function unwrapped(ring: readonly (readonly number[])[]): LonLat[] {
  let [longitude] = ring[0] as [number];
  return ring.map(([next, latitude]) => {
    longitude = nearTo(longitude, next!);
    return [longitude, latitude!];
  });
}

/** The same meridian, written within half a turn of another. */
function nearTo(reference: number, longitude: number): number {
  return longitude - FULL_TURN * Math.round((longitude - reference) / FULL_TURN);
}

/** Whether a scene saw a point, by its outline, else by its box; null where it tells neither. */
export function sawPoint({ footprint, bbox }: Pick<Scene, 'footprint' | 'bbox'>, point: LonLat): boolean | null {
  if (footprint !== undefined) {
    return footprint.reduce((inside, ring) => inside !== isInside(ring, point), false);
  }
  if (bbox === null) return null;
  const [west, south, east, north] = bbox;
  const width = west <= east ? east - west : east - west + FULL_TURN;
  const offset = nearTo(west + HALF_TURN, point[0]) - west;
  return offset <= width && point[1] >= south && point[1] <= north;
}

/** Even-odd rule along the parallel of the point. */
function isInside(ring: readonly LonLat[], [longitude, latitude]: LonLat): boolean {
  const x = nearTo(ring[0]![0], longitude);
  let inside = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
    const [[x0, y0], [x1, y1]] = [ring[before]!, ring[at]!];
    if (y0 > latitude === y1 > latitude) continue;
    if (x < x0 + ((latitude - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside;
  }
  return inside;
}

/** Points per side of the raster by which outlines are compared. */
const STEPS = 16;

/**
 * Share of the smaller of two outlines that lies in the other one, 0 to 1; null where one is not known. Judged by a
 * raster of points, as it only has to tell "the same" from "beside each other".
 */
export function sharedFootprint(a: Scene, b: Scene): number | null {
  if (a.footprint === undefined || b.footprint === undefined) return null;
  const points = [...rasterOver(a.footprint), ...rasterOver(b.footprint)];
  let [inA, inB, inBoth] = [0, 0, 0];
  for (const point of points) {
    const [sawA, sawB] = [sawPoint(a, point) === true, sawPoint(b, point) === true];
    if (sawA) inA++;
    if (sawB) inB++;
    if (sawA && sawB) inBoth++;
  }
  const smaller = Math.min(inA, inB);
  return smaller === 0 ? null : inBoth / smaller;
}

function rasterOver(footprint: Footprint): LonLat[] {
  const all = footprint.flat();
  const [west, east] = range(all.map(([x]) => x));
  const [south, north] = range(all.map(([, y]) => y));
  const at = (from: number, to: number, step: number): number => from + ((step + 0.5) / STEPS) * (to - from);
  return Array.from({ length: STEPS * STEPS }, (_, index): LonLat => [
    at(west, east, index % STEPS),
    at(south, north, Math.floor(index / STEPS)),
  ]);
}

function range(values: readonly number[]): [least: number, most: number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}
