import { labelRegions } from './regions';
import type { RegionMap, TracedPolygon } from './types';

export interface TraceOptions {
  /** Labels that get no polygon, such as no data or background. */
  readonly skip: readonly number[];
  /** Patches of fewer pixels get no polygon. */
  readonly minPixels?: number;
}

/** Steps of the walk, anticlockwise where north is up: west, south, east, north. */
const STEP_X = [-1, 0, 1, 0] as const;
const STEP_Y = [0, 1, 0, -1] as const;
const WEST = 0;

/** Offset from a corner to the pixel ahead on the right of each heading; the one on the left is that of the next heading. */
const RIGHT_X = [-1, -1, 0, 0] as const;
const RIGHT_Y = [-1, 0, 0, -1] as const;

/**
 * Polygons of the 4-connected patches of equal labels. Borders run exactly on pixel corners, so neighbours share them;
 * time is linear in the pixels.
 *
 * @param labels class code per pixel, [rows, columns]
 * @returns in order of first appearance, row by row
 */
export function tracePolygons(
  labels: Uint8Array,
  columns: number,
  rows: number,
  options: TraceOptions,
): TracedPolygon[] {
  return traceRegions(labelRegions(labels, columns, rows), options);
}

/** `tracePolygons` for patches that are already numbered. */
export function traceRegions(map: RegionMap, { skip, minPixels = 1 }: TraceOptions): TracedPolygon[] {
  const { columns, rows, regions } = map;
  const rings = new Map<number, Int32Array[]>();
  const visited = new Uint8Array(columns * rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const region = regions[at];
      if (visited[at] === 1 || (row > 0 && regions[at - columns] === region)) continue;
      if (map.pixels[region] < minPixels || skip.includes(map.labels[region])) continue;
      const ring = walk(map, region, column, row, visited);
      const known = rings.get(region);
      if (known === undefined) rings.set(region, [ring]);
      else known.push(ring);
    }
  }
  // Read row by row, the first top edge of a patch is on its outer border: the first ring is the exterior.
  return Array.from(rings, ([region, [exterior, ...holes]]) => ({
    label: map.labels[region],
    pixels: map.pixels[region],
    region,
    exterior,
    holes,
  }));
}

/**
 * Walks one border of a patch with the patch on the left, from the top edge of a pixel back to it, and marks every top
 * edge on the way (each ring has one, so marking those is enough).
 *
 * Where two pixels of the patch touch only at a corner, the walk turns right and keeps to the outside pixel: the two
 * outside pixels there lie on different sides of the patch, so rings touch in that point but never cross themselves.
 */
function walk(map: RegionMap, region: number, column: number, row: number, visited: Uint8Array): Int32Array {
  const { columns, rows, regions } = map;
  const inside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < columns && y < rows && regions[y * columns + x] === region;
  const corners: number[] = [];
  const startX = column + 1;
  let x = startX;
  let y = row;
  let heading = WEST;
  do {
    if (heading === WEST) visited[y * columns + x - 1] = 1;
    x += STEP_X[heading];
    y += STEP_Y[heading];
    const left = (heading + 1) % 4;
    const right = (heading + 3) % 4;
    let next = left;
    if (inside(x + RIGHT_X[heading], y + RIGHT_Y[heading])) next = right;
    else if (inside(x + RIGHT_X[left], y + RIGHT_Y[left])) next = heading;
    if (next !== heading) corners.push(x, y);
    heading = next;
  } while (x !== startX || y !== row || heading !== WEST);
  corners.push(corners[0], corners[1]);
  return Int32Array.from(corners);
}
