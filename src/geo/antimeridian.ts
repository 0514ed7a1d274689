import { longitudeNear } from './longitude';
import type { LonLat } from './types';

const MERIDIAN = 180;
const TURN = 360;

/** Where a ring crosses the meridian: the end of one chain of points or the beginning of another. */
interface Crossing {
  readonly latitude: number;
  readonly chain: Chain;
  readonly begins: boolean;
}

/** Points of a ring on one side of the meridian, from one crossing to the next. */
interface Chain {
  readonly points: LonLat[];
  used: boolean;
}

/**
 * Cuts a polygon at the 180th meridian (RFC 7946, 3.1.9): one polygon per part, none of which crosses it, longitudes
 * from -180 to 180. A polygon away from the meridian comes back as it is.
 * @param rings exterior, then holes; closed, the exterior counter-clockwise, longitudes with or without a jump of 360
 */
export function cutAtAntimeridian(rings: readonly (readonly LonLat[])[]): LonLat[][][] {
  const [first] = rings[0]![0]!;
  const flat = rings.map((ring) => withoutJumps(ring, first));
  const longitudes = flat[0]!.map(([longitude]) => longitude);
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  // The meridian that the polygon may cross, in the turn in which its longitudes are written.
  const meridian = MERIDIAN + TURN * Math.floor((east + MERIDIAN) / TURN) - TURN;
  const middle = (west + east) / 2;
  if (!(west < meridian && east > meridian)) return [flat.map((ring) => shifted(ring, turnOf(middle)))];
  return [
    ...sideOf(flat, meridian, 1).map((part) => part.map((ring) => shifted(ring, meridian + MERIDIAN))),
    ...sideOf(flat, meridian, -1).map((part) => part.map((ring) => shifted(ring, meridian - MERIDIAN))),
  ];
}

/** Middle of the turn from -180 to 180 that a longitude is in. */
function turnOf(longitude: number): number {
  return TURN * Math.round(longitude / TURN);
}

function shifted(ring: readonly LonLat[], by: number): LonLat[] {
  return by === 0 ? [...ring] : ring.map(([longitude, latitude]) => [longitude - by, latitude]);
}

/** A ring whose longitudes follow each other without a jump of a whole turn. */
function withoutJumps(ring: readonly LonLat[], start: number): LonLat[] {
  let before = start;
  return ring.map(([longitude, latitude]) => {
    before = longitudeNear(longitude, before);
    return [before, latitude];
  });
}

/** The parts of a polygon east (1) or west (-1) of a meridian, each with its holes. */
function sideOf(rings: readonly (readonly LonLat[])[], meridian: number, side: 1 | -1): LonLat[][][] {
  // A point on the meridian itself belongs to the east.
  const inside = ([longitude]: LonLat): boolean => longitude >= meridian === (side === 1);
  const whole: LonLat[][] = [];
  const crossings: Crossing[] = [];
  for (const ring of rings) {
    if (ring.every(inside)) whole.push([...ring]);
    else crossings.push(...crossingsOf(ring, meridian, inside));
  }
  const parts = joined(crossings).map((ring) => [ring]);
  // The exterior crosses the meridian, so whole rings are holes.
  for (const hole of whole) parts.find(([exterior]) => contains(exterior!, hole[0]!))?.push(hole);
  return parts;
}

function crossingsOf(ring: readonly LonLat[], meridian: number, inside: (point: LonLat) => boolean): Crossing[] {
  const points = ring.slice(0, -1);
  const start = points.findIndex((point, at) => inside(point) && !inside(points.at(at - 1)!));
  const crossings: Crossing[] = [];
  let chain: Chain | null = null;
  for (let step = 0; start >= 0 && step <= points.length; step++) {
    const point = points[(start + step) % points.length]!;
    const before = points.at((start + step - 1) % points.length)!;
    if (inside(point) === inside(before)) {
      chain?.points.push(point);
      continue;
    }
    const latitude = latitudeAt(before, point, meridian);
    if (chain !== null) {
      chain.points.push([meridian, latitude]);
      crossings.push({ latitude, chain, begins: false });
      chain = null;
    } else if (step < points.length) {
      chain = { points: [[meridian, latitude], point], used: false };
      crossings.push({ latitude, chain, begins: true });
    }
  }
  return crossings;
}

function latitudeAt(from: LonLat, to: LonLat, meridian: number): number {
  return from[1] + ((to[1] - from[1]) * (meridian - from[0])) / (to[0] - from[0]);
}

/**
 * Rings made of chains: between each two neighbouring crossings (first and second, third and fourth ...) the meridian
 * runs inside the polygon, and joins the end of one chain to the beginning of another.
 */
function joined(crossings: Crossing[]): LonLat[][] {
  const sorted = [...crossings].sort((a, b) => a.latitude - b.latitude);
  const partnerOf = (chain: Chain): Chain => {
    const at = sorted.findIndex((crossing) => crossing.chain === chain && !crossing.begins);
    return sorted[at ^ 1]!.chain;
  };
  const rings: LonLat[][] = [];
  for (const { chain } of sorted) {
    const ring: LonLat[] = [];
    for (let next = chain; !next.used; next = partnerOf(next)) {
      next.used = true;
      ring.push(...next.points);
    }
    const closed = withoutRepeats(ring);
    if (closed.length >= 4) rings.push(closed);
  }
  return rings;
}

/** Closed, and no point twice in a row. */
function withoutRepeats(ring: readonly LonLat[]): LonLat[] {
  const closed = ring.length === 0 ? [] : [...ring, ring[0]!];
  return closed.filter((point, at) => at === 0 || point[0] !== closed[at - 1]![0] || point[1] !== closed[at - 1]![1]);
}

/** Whether a point lies in a ring, by the crossings of a ray to the north. */
function contains(ring: readonly LonLat[], [x, y]: LonLat): boolean {
  let odd = false;
  for (let at = 1; at < ring.length; at++) {
    const [x0, y0] = ring[at - 1]!;
    const [x1, y1] = ring[at]!;
    if (x0 > x !== x1 > x && y < y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)) odd = !odd;
  }
  return odd;
}
