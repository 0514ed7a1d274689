import { CropError } from '../errors';
import { bboxAround, checkBbox } from './bbox';
import { continuous, unwrapBbox, wrapBbox, wrapLongitude } from './longitude';
import { project, unproject } from './projection';
import type { BboxWgs84, GridWindow, LonLat } from './types';
import { utmEpsg } from './utm';

/** Pixel of all ten bands once read, metres. Windows start on multiples of it, as all Sentinel-2 tiles do. */
export const PIXEL_METRES = 10;

/** Longest side of a window, metres: 36 million pixels, about what a browser can still hold as a finished map. */
export const MAX_SIDE_METRES = 60_000;

/** Straight lines in one CRS are curves in another; between points this close they bend by less than a pixel. */
const STEPS_PER_SIDE = 32;

/** A box reaching less than this into a pixel (here 1 cm) does not get it: it is rounding, not a wish. */
const SNAP_PIXELS = 0.001;

/** Outer edges of a window in metres of its CRS. */
interface GridBounds {
  readonly xMin: number;
  readonly yMin: number;
  readonly xMax: number;
  readonly yMax: number;
}

/**
 * The 10 m window that covers a box, in the UTM zone of the box's centre, aligned to multiples of 10 m.
 * @throws CropError `geo/bad-bbox`, `geo/beyond-utm`, `geo/area-too-large`
 */
export function gridFromBbox(bbox: BboxWgs84): GridWindow {
  checkBbox(bbox);
  const [west, south, east, north] = unwrapBbox(wrapBbox(bbox));
  const epsg = utmEpsg([wrapLongitude((west + east) / 2), (south + north) / 2]);
  const [x0, y0, x1, y1] = bboxAround(
    ring({ xMin: west, yMin: south, xMax: east, yMax: north }).map((point) => project(epsg, point)),
  );
  const columnFrom = Math.floor(x0 / PIXEL_METRES + SNAP_PIXELS);
  const columnTo = Math.ceil(x1 / PIXEL_METRES - SNAP_PIXELS);
  const rowFrom = Math.floor(y0 / PIXEL_METRES + SNAP_PIXELS);
  const rowTo = Math.ceil(y1 / PIXEL_METRES - SNAP_PIXELS);
  const columns = Math.max(1, columnTo - columnFrom);
  const rows = Math.max(1, rowTo - rowFrom);
  // A box as wide as a hemisphere has no finite extent in a zone, so the comparison is made to fail for NaN too.
  if (!(Math.max(columns, rows) * PIXEL_METRES <= MAX_SIDE_METRES)) {
    const km = (pixels: number): number => Math.round((pixels * PIXEL_METRES) / 1000);
    throw new CropError('geo/area-too-large', {
      width: km(columns),
      height: km(rows),
      most: MAX_SIDE_METRES / 1000,
    });
  }
  return {
    epsg,
    xMin: columnFrom * PIXEL_METRES,
    yMax: rowTo * PIXEL_METRES,
    pixelMetres: PIXEL_METRES,
    columns,
    rows,
  };
}

/** Outer edges of a window. */
export function gridBounds({ xMin, yMax, pixelMetres, columns, rows }: GridWindow): GridBounds {
  return { xMin, yMin: yMax - rows * pixelMetres, xMax: xMin + columns * pixelMetres, yMax };
}

/** The smallest box in degrees that covers a window; west is greater than east where it crosses the 180th meridian. */
export function gridToBbox(grid: GridWindow): BboxWgs84 {
  return wrapBbox(bboxAround(gridOutline(grid)));
}

/**
 * Outline of a window as a closed, counter-clockwise ring in degrees, with points along each side. It makes no jump at
 * the 180th meridian: longitudes go on past 180 or -180 there, the window's middle being between the two.
 */
export function gridOutline(grid: GridWindow): LonLat[] {
  return gridPoints(grid, ring(gridBounds(grid)));
}

/**
 * Corners of a window in degrees: top left, top right, bottom right, bottom left (MapLibre's order for images), without
 * a jump at the 180th meridian, as `gridOutline`.
 */
export function gridCorners(grid: GridWindow): [LonLat, LonLat, LonLat, LonLat] {
  const { xMin, yMin, xMax, yMax } = gridBounds(grid);
  const corners: [number, number][] = [
    [xMin, yMax],
    [xMax, yMax],
    [xMax, yMin],
    [xMin, yMin],
  ];
  return gridPoints(grid, corners) as [LonLat, LonLat, LonLat, LonLat];
}

/** Points of a window's CRS in degrees, without a jump at the 180th meridian, as `gridOutline`. */
export function gridPoints(grid: GridWindow, points: readonly (readonly [x: number, y: number])[]): LonLat[] {
  const { xMin, yMin, xMax, yMax } = gridBounds(grid);
  const [middle] = unproject(grid.epsg, (xMin + xMax) / 2, (yMin + yMax) / 2);
  return continuous(
    points.map(([x, y]) => unproject(grid.epsg, x, y)),
    middle,
  );
}

/** The pixel of a window that holds a point, or null outside. */
export function pixelAt(grid: GridWindow, point: LonLat): { column: number; row: number } | null {
  const [x, y] = project(grid.epsg, point);
  const column = Math.floor((x - grid.xMin) / grid.pixelMetres);
  const row = Math.floor((grid.yMax - y) / grid.pixelMetres);
  const inside = column >= 0 && column < grid.columns && row >= 0 && row < grid.rows;
  return inside ? { column, row } : null;
}

/** Area of a window on the map plane; on the ground it differs by up to 0.1 % within a UTM zone. */
export function gridAreaHectares({ columns, rows, pixelMetres }: GridWindow): number {
  return (columns * rows * pixelMetres * pixelMetres) / 10_000;
}

/** Corners and points along the sides of a rectangle, counter-clockwise from the lower left, closed. */
function ring({ xMin, yMin, xMax, yMax }: GridBounds): [number, number][] {
  const corners: [number, number][] = [
    [xMin, yMin],
    [xMax, yMin],
    [xMax, yMax],
    [xMin, yMax],
  ];
  const points = corners.flatMap(([x, y], at) => {
    const [nextX, nextY] = corners[(at + 1) % corners.length]!;
    return Array.from({ length: STEPS_PER_SIDE }, (_, step): [number, number] => [
      x + ((nextX - x) * step) / STEPS_PER_SIDE,
      y + ((nextY - y) * step) / STEPS_PER_SIDE,
    ]);
  });
  return [...points, corners[0]!];
}
