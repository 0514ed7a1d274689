import { gridBounds, gridCorners, gridOutline, gridPoints, pixelAt, type GridWindow, type LonLat } from '../../geo';
import type { Picture } from './paint';

/** Corners of a picture on the map: top left, top right, bottom right, bottom left. */
export type Corners = readonly [LonLat, LonLat, LonLat, LonLat];

/** How pictures of one window are put on a Web Mercator map. */
export interface Placement {
  readonly columns: number;
  readonly rows: number;
  readonly corners: Corners;
  /** Pixel of the window for each pixel shown, -1 outside; null where the window's own pixels are shown. */
  readonly source: Int32Array | null;
}

/** A quad pinned at its corners may be off by this many pixels inside before pictures are resampled instead. */
export const MAX_QUAD_ERROR_PIXELS = 0.5;

/** Points per side at which the quad is compared with the projection: its error is smooth and largest in the middle. */
const SAMPLES = 8;

type Point = readonly [x: number, y: number];

/**
 * Places a window by its four corners where that is good to half a pixel (a cell of the Czech grid is), otherwise by
 * nearest neighbour in a Mercator rectangle with pixels of about the same size.
 */
export function placeWindow(grid: GridWindow): Placement {
  if (quadErrorPixels(grid) > MAX_QUAD_ERROR_PIXELS) return resampled(grid);
  return { columns: grid.columns, rows: grid.rows, corners: onTheMap(gridCorners(grid)), source: null };
}

/** Corners across the 180th meridian in the turn in which their middle is on the map: MapLibre takes no others. */
function onTheMap(corners: Corners): Corners {
  const longitudes = corners.map(([longitude]) => longitude);
  const middle = (Math.min(...longitudes) + Math.max(...longitudes)) / 2;
  const turns = Math.floor((middle + 180) / 360);
  return corners.map(([longitude, latitude]): LonLat => [longitude - 360 * turns, latitude]) as unknown as Corners;
}

/** Moves a picture of the window onto its placement; pixels outside the window are transparent. */
export function arrange(picture: Picture, { columns, rows, source }: Placement): Picture {
  if (source === null) return picture;
  // Pixels as one number each: the channel order does not matter for a copy.
  const from = new Uint32Array(picture.rgba.buffer);
  const to = new Uint32Array(columns * rows);
  for (let at = 0; at < to.length; at += 1) {
    if (source[at]! >= 0) to[at] = from[source[at]!]!;
  }
  return { columns, rows, rgba: new Uint8ClampedArray(to.buffer) };
}

/** Largest distance, in pixels, between where a bilinear quad puts a point of the window and where it belongs. */
export function quadErrorPixels(grid: GridWindow): number {
  const { xMin, yMin, xMax, yMax } = gridBounds(grid);
  const at = (u: number, v: number) =>
    mercatorOf(gridPoints(grid, [[xMin + u * (xMax - xMin), yMax - v * (yMax - yMin)]])[0]!);
  const [a, b, c, d] = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];
  const pixel = pixelSize(grid);
  let worst = 0;
  for (let i = 0; i <= SAMPLES; i += 1) {
    for (let j = 0; j <= SAMPLES; j += 1) {
      const [u, v] = [i / SAMPLES, j / SAMPLES];
      const [x, y] = at(u, v);
      const blend = (axis: 0 | 1) =>
        (1 - v) * ((1 - u) * a[axis] + u * b[axis]) + v * ((1 - u) * d[axis] + u * c[axis]);
      worst = Math.max(worst, Math.hypot(x - blend(0), y - blend(1)) / pixel);
    }
  }
  return worst;
}

/** Unit Web Mercator: 0 to 1 from west to east and from north to south. */
export function mercatorOf([longitude, latitude]: LonLat): Point {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [longitude / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** Inverse of `mercatorOf`. */
export function lonLatOf([x, y]: Point): LonLat {
  return [(x - 0.5) * 360, (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI];
}

/** Side of one pixel of the window in unit Web Mercator, measured along its top edge. */
function pixelSize(grid: GridWindow): number {
  const [topLeft, topRight] = gridCorners(grid).map(mercatorOf) as [Point, Point, Point, Point];
  return Math.hypot(topRight[0] - topLeft[0], topRight[1] - topLeft[1]) / grid.columns;
}

function resampled(grid: GridWindow): Placement {
  const [west, north, east, south] = mercatorBounds(grid);
  const pixel = pixelSize(grid);
  const columns = Math.ceil((east - west) / pixel);
  const rows = Math.ceil((south - north) / pixel);
  const source = new Int32Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const x = west + ((column + 0.5) / columns) * (east - west);
      const y = north + ((row + 0.5) / rows) * (south - north);
      const found = pixelAt(grid, lonLatOf([x, y]));
      source[row * columns + column] = found === null ? -1 : found.row * grid.columns + found.column;
    }
  }
  const corners: Corners = [
    lonLatOf([west, north]),
    lonLatOf([east, north]),
    lonLatOf([east, south]),
    lonLatOf([west, south]),
  ];
  return { columns, rows, corners: onTheMap(corners), source };
}

/** West, north, east, south of a window in unit Web Mercator. */
function mercatorBounds(grid: GridWindow): readonly [west: number, north: number, east: number, south: number] {
  const outline = gridOutline(grid).map(mercatorOf);
  const xs = outline.map(([x]) => x);
  const ys = outline.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
