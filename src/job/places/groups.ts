import { CropError } from '../../errors';
import { MAX_SIDE_METRES, PIXEL_METRES, type GridWindow, project, utmEpsg } from '../../geo';
import type { Place } from './types';

/** Places that lie near each other are read in one window, so that files are opened and their tiles fetched once. */
export interface PlaceGroup {
  readonly grid: GridWindow;
  readonly places: readonly Place[];
}

/** Groups whose scenes are searched for at once. */
export interface PlaceRegion {
  /** Holds the windows of all groups; too large to be read itself. */
  readonly grid: GridWindow;
  readonly groups: readonly PlaceGroup[];
}

/** Side of a block of places, metres: about an internal tile of the files, so that most are fetched once. */
const BLOCK_METRES = 10_000;

/** Side of a region, metres: about a Sentinel-2 tile. */
const REGION_METRES = 100_000;

/** Rows of this many places wait for the end of their season: 60 dates of them take about 30 MB. */
const PLACES_AT_ONCE = 1000;

interface Located {
  readonly place: Place;
  readonly epsg: number;
  readonly xMin: number;
  readonly yMin: number;
  readonly xMax: number;
  readonly yMax: number;
}

/**
 * Sorts places into windows, each in the UTM zone where its places have their middle. The order of places is kept within
 * a window.
 * @throws CropError `geo/area-too-large` for a parcel that is none
 */
export function groupPlaces(places: readonly Place[]): PlaceRegion[] {
  const regions = collect(places.map(locate), (one) => keyOf(one, REGION_METRES));
  return regions.map((inRegion) => {
    const blocks = collect(inRegion, (one) => keyOf(one, BLOCK_METRES));
    const groups = blocks
      .flatMap(chunks)
      .map((some) => ({ grid: windowOf(some), places: some.map(({ place }) => place) }));
    return { grid: windowOf(inRegion), groups };
  });
}

function locate(place: Place): Located {
  const { shape } = place;
  const points = 'point' in shape ? [shape.point] : shape.rings.flat();
  const longitudes = points.map(([longitude]) => longitude);
  const latitudes = points.map(([, latitude]) => latitude);
  const epsg = utmEpsg([middle(longitudes), middle(latitudes)]);
  const plane = points.map((point) => project(epsg, point));
  const [xs, ys] = [plane.map(([x]) => x), plane.map(([, y]) => y)];
  const box = { xMin: least(xs), yMin: least(ys), xMax: most(xs), yMax: most(ys) };
  const [width, height] = [box.xMax - box.xMin, box.yMax - box.yMin];
  if (!(Math.max(width, height) <= MAX_SIDE_METRES)) {
    const km = (metres: number): number => Math.round(metres / 1000);
    throw new CropError('geo/area-too-large', { width: km(width), height: km(height), most: km(MAX_SIDE_METRES) });
  }
  return { place, epsg, ...box };
}

function keyOf({ epsg, xMin, yMin, xMax, yMax }: Located, metres: number): string {
  return [epsg, Math.floor((xMin + xMax) / 2 / metres), Math.floor((yMin + yMax) / 2 / metres)].join(' ');
}

/** The smallest window of whole pixels that holds places of one zone. */
function windowOf(places: readonly Located[]): GridWindow {
  const left = Math.floor(least(places.map(({ xMin }) => xMin)) / PIXEL_METRES);
  const right = Math.floor(most(places.map(({ xMax }) => xMax)) / PIXEL_METRES) + 1;
  const bottom = Math.ceil(least(places.map(({ yMin }) => yMin)) / PIXEL_METRES) - 1;
  const top = Math.ceil(most(places.map(({ yMax }) => yMax)) / PIXEL_METRES);
  return {
    epsg: places[0]!.epsg,
    xMin: left * PIXEL_METRES,
    yMax: top * PIXEL_METRES,
    pixelMetres: PIXEL_METRES,
    columns: right - left,
    rows: Math.max(1, top - bottom),
  };
}

function collect<T>(items: readonly T[], keyFor: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyFor(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return [...groups.values()];
}

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / PLACES_AT_ONCE);
  return Array.from({ length: count }, (_, nth) => items.slice(nth * PLACES_AT_ONCE, (nth + 1) * PLACES_AT_ONCE));
}

function middle(values: readonly number[]): number {
  return (least(values) + most(values)) / 2;
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}
