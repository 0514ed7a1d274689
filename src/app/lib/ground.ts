import {
  checkBbox,
  gridCorners,
  project,
  utmEpsg,
  wrapLongitude,
  type Cell,
  type GridWindow,
  type LonLat,
} from '../../geo';

const PIXEL_METRES = 10;
/** Half the side of the box that stands for a point when its latitude is checked, degrees. */
const POINT_DEGREES = 1e-6;

/**
 * A square window of `side` metres around a point, in the point's UTM zone, on multiples of 10 m.
 * @throws CropError `geo/beyond-utm`
 */
export function windowAround(point: LonLat, side: number): GridWindow {
  // A map on the screen that has gone around once gives longitudes beyond 180.
  const [longitude, latitude] = [wrapLongitude(point[0]), point[1]];
  checkBbox([longitude, latitude - POINT_DEGREES, longitude + POINT_DEGREES, latitude + POINT_DEGREES]);
  const epsg = utmEpsg([longitude, latitude]);
  const [x, y] = project(epsg, [longitude, latitude]);
  const snap = (metres: number) => Math.round(metres / PIXEL_METRES) * PIXEL_METRES;
  const pixels = Math.round(side / PIXEL_METRES);
  return {
    epsg,
    xMin: snap(x - side / 2),
    yMax: snap(y + side / 2),
    pixelMetres: PIXEL_METRES,
    columns: pixels,
    rows: pixels,
  };
}

/** The window of one pixel. */
export function windowOfPixel(grid: GridWindow, column: number, row: number): GridWindow {
  const { epsg, xMin, yMax, pixelMetres } = grid;
  return { epsg, xMin: xMin + column * pixelMetres, yMax: yMax - row * pixelMetres, pixelMetres, columns: 1, rows: 1 };
}

/** Cells as polygons with `index` and `tile`; straight sides are good to a pixel over 11 km. */
export function cellFeatures(cells: readonly Cell[]): GeoJSON.FeatureCollection<GeoJSON.Polygon> {
  return {
    type: 'FeatureCollection',
    features: cells.map(({ index, tile, grid }) => ({
      type: 'Feature',
      id: index,
      geometry: polygonOf(grid),
      properties: { index, tile },
    })),
  };
}

/** A window as a polygon. */
export function polygonOf(grid: GridWindow): GeoJSON.Polygon {
  const corners = gridCorners(grid).map(([longitude, latitude]) => [longitude, latitude]);
  return { type: 'Polygon', coordinates: [[...corners, corners[0]!]] };
}
