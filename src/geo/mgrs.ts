import * as mgrs from 'mgrs';
import { wrapLongitude } from './longitude';
import { project, unproject } from './projection';
import { TILE_METRES } from './tiles';
import type { BboxWgs84, GridWindow, LonLat } from './types';
import { utmEpsg } from './utm';
import { gridBounds, gridToBbox } from './window';

/** Bundlers take the package's module build with named exports; Node takes its CommonJS build, all of it in `default`. */
const { forward, toPoint } = 'default' in mgrs ? (mgrs.default as typeof mgrs) : mgrs;

const SQUARE_METRES = 100_000;

/** Latitude bands from this letter on lie north of the equator. */
const FIRST_NORTHERN_BAND = 'N';

/** Sentinel-2 puts tile origins on multiples of its coarsest pixel, outwards of the 100 km square. */
const ORIGIN_STEP_METRES = 60;

/** Parts of a square whose middles are looked at for its names: a square cut by a zone or band edge has several. */
const PROBES_PER_SIDE = 10;

/**
 * Name of the MGRS 100 km square of a point, which is the name of a Sentinel-2 tile that holds it: `33UVR`.
 * Zones below ten have a leading zero. Latitude -80 to 84.
 */
export function mgrsTile([longitude, latitude]: LonLat): string {
  return forward([wrapLongitude(longitude), latitude], 0).padStart(5, '0');
}

/**
 * The box of a whole Sentinel-2 tile, overlap included, by its name (`60KYF`); null where there is no such square.
 * West is greater than east where it crosses the 180th meridian.
 */
export function tileBbox(name: string): BboxWgs84 | null {
  const match = /^(\d{2})([C-HJ-NP-X])[A-HJ-NP-Z][A-HJ-NP-V]$/.exec(name);
  const zone = Number(match?.[1]);
  if (match === null || zone < 1 || zone > 60) return null;
  const epsg = (match[2]! < FIRST_NORTHERN_BAND ? 32_700 : 32_600) + zone;
  // About the middle of the square: the library has formulas of its own for UTM.
  const [easting, northing] = project(epsg, toPoint(name)).map((metres) => Math.floor(metres / SQUARE_METRES));
  const { xMin, yMax, metres } = tileExtent(easting! * SQUARE_METRES, northing! * SQUARE_METRES);
  return gridToBbox({ epsg, xMin, yMax, pixelMetres: metres, columns: 1, rows: 1 });
}

/** Upper left corner and size of the Sentinel-2 tile of a 100 km square, metres in the square's UTM zone. */
function tileExtent(easting: number, northing: number): { xMin: number; yMax: number; metres: number } {
  return {
    xMin: Math.floor(easting / ORIGIN_STEP_METRES) * ORIGIN_STEP_METRES,
    yMax: Math.ceil((northing + SQUARE_METRES) / ORIGIN_STEP_METRES) * ORIGIN_STEP_METRES,
    metres: TILE_METRES,
  };
}

/**
 * Names of the Sentinel-2 tiles of the window's own zone that reach into it, sorted: the 100 km squares it touches
 * and neighbours whose overlap covers it. Where a latitude band ends inside a square, both of its names are given,
 * since only one of them exists.
 */
export function tilesOver(grid: GridWindow): string[] {
  const { xMin, yMin, xMax, yMax } = gridBounds(grid);
  const names = new Set<string>();
  // A tile reaches past its square on every side, so the squares one step outside are looked at too.
  const first = (from: number): number => (Math.floor(from / SQUARE_METRES) - 1) * SQUARE_METRES;
  for (let easting = first(xMin); easting < xMax + SQUARE_METRES; easting += SQUARE_METRES) {
    for (let northing = first(yMin); northing < yMax + SQUARE_METRES; northing += SQUARE_METRES) {
      const tile = tileExtent(easting, northing);
      const apart =
        tile.xMin >= xMax || tile.xMin + tile.metres <= xMin || tile.yMax - tile.metres >= yMax || tile.yMax <= yMin;
      if (!apart) for (const name of squareNames(grid.epsg, easting, northing)) names.add(name);
    }
  }
  return [...names].sort();
}

/** Names of a 100 km square; none where no part of it lies in its zone. */
function squareNames(epsg: number, easting: number, northing: number): Set<string> {
  const names = new Set<string>();
  const step = SQUARE_METRES / PROBES_PER_SIDE;
  for (let column = 0; column < PROBES_PER_SIDE; column++) {
    for (let row = 0; row < PROBES_PER_SIDE; row++) {
      const probe = unproject(epsg, easting + (column + 0.5) * step, northing + (row + 0.5) * step);
      if (utmEpsg(probe) === epsg) names.add(mgrsTile(probe));
    }
  }
  return names;
}
