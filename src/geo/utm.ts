import { wrapLongitude } from './longitude';
import type { LonLat } from './types';

const ZONE_DEGREES = 6;
const ZONES = 60;

/** Where zones are wider or narrower than six degrees: south-west Norway and Svalbard (NGA.STND.0037, section 7). */
const EXCEPTIONS: readonly { south: number; north: number; west: number; east: number; zone: number }[] = [
  { south: 56, north: 64, west: 3, east: 12, zone: 32 },
  { south: 72, north: 84, west: 0, east: 9, zone: 31 },
  { south: 72, north: 84, west: 9, east: 21, zone: 33 },
  { south: 72, north: 84, west: 21, east: 33, zone: 35 },
  { south: 72, north: 84, west: 33, east: 42, zone: 37 },
];

/** EPSG code of the UTM zone of a point: 326zz north of the equator, 327zz south of it. */
export function utmEpsg([anyLongitude, latitude]: LonLat): number {
  const longitude = wrapLongitude(anyLongitude);
  const special = EXCEPTIONS.find(
    ({ south, north, west, east }) => latitude >= south && latitude < north && longitude >= west && longitude < east,
  );
  const regular = Math.min(ZONES, Math.floor((longitude + 180) / ZONE_DEGREES) + 1);
  return (latitude < 0 ? 32_700 : 32_600) + (special?.zone ?? regular);
}
