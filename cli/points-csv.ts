import { CropError } from '../src/errors';
import { type LonLat, unproject } from '../src/geo';
import type { Place } from '../src/job';
import { parseCsv } from './csv';

/** Names that columns go by. */
const ID = ['id', 'name', 'fid'];
const DEGREES = [
  ['lon', 'lng', 'long', 'longitude'],
  ['lat', 'latitude'],
];
const PLANE = [
  ['x', 'easting'],
  ['y', 'northing'],
];

const WGS84 = 4326;

/**
 * Points of a CSV file: columns `id`, `lon`, `lat` in degrees, or `id`, `x`, `y` in the CRS given; without an id they are
 * numbered from 1.
 * @throws CropError `cli/bad-places` naming the line, `cli/no-places`, `geo/unknown-crs`
 */
export function pointsOfCsv(text: string, path: string, epsg: number): Place[] {
  const [head, ...lines] = parseCsv(text);
  const bad = (line: number, problem: string): CropError =>
    new CropError('cli/bad-places', { path, where: `line ${line}`, problem });
  if (head === undefined || lines.length === 0) throw new CropError('cli/no-places', { path, what: 'points' });
  const names = head.fields.map((name) => name.toLowerCase());
  const column = (known: readonly string[]): number => names.findIndex((name) => known.includes(name));
  const pairs = epsg === WGS84 ? [DEGREES, PLANE] : [PLANE, DEGREES];
  const found = pairs.map((pair) => pair.map(column)).find((pair) => !pair.includes(-1));
  if (found === undefined) throw bad(head.line, 'it has no columns lon and lat, or x and y');
  const [across, up] = found as [number, number];
  const id = column(ID);

  return lines.map(({ line, fields }, nth) => {
    const [x, y] = [across, up].map((at) => numberIn(fields[at] ?? ''));
    for (const [value, at] of [
      [x, across],
      [y, up],
    ] as const) {
      if (value === undefined)
        throw bad(line, `${head.fields[at]} is ${fields[at] ? `"${fields[at]}"` : 'missing'}, not a number`);
    }
    const point: LonLat = epsg === WGS84 ? [x!, y!] : unproject(epsg, x!, y!);
    if (!isOnEarth(point)) throw bad(line, `${x!}, ${y!} is no place on Earth in EPSG:${epsg}`);
    const name = id < 0 ? '' : (fields[id] ?? '');
    return { id: name === '' ? String(nth + 1) : name, shape: { point } };
  });
}

function numberIn(text: string): number | undefined {
  // A spreadsheet of a country with decimal commas.
  const number = text === '' ? NaN : Number(text.replace(/^(-?\d+),(\d+)$/, '$1.$2'));
  return Number.isFinite(number) ? number : undefined;
}

/** UTM's reach: beyond lie the poles, which Sentinel-2 does not map. */
function isOnEarth([longitude, latitude]: LonLat): boolean {
  return Math.abs(longitude) <= 180 && latitude >= -80 && latitude <= 84;
}
