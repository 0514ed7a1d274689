import { checkBbox, gridCorners, project, utmEpsg, type Cell, type GridWindow, type LonLat } from '../../geo';

const PIXEL_METRES = 10;
/** Half the side of the box that stands for a point when its latitude is checked, degrees. */
const POINT_DEGREES = 1e-6;

/**
 * A square window of `side` metres around a point, in the point's UTM zone, on multiples of 10 m.
 * @throws CropError `geo/bad-bbox` beyond the reach of UTM
 */
export function windowAround(point: LonLat, side: number): GridWindow {
  const [longitude, latitude] = point;
  const edge = Math.min(longitude, 180 - POINT_DEGREES);
  checkBbox([edge, latitude - POINT_DEGREES, edge + POINT_DEGREES, latitude + POINT_DEGREES]);
  const epsg = utmEpsg(point);
  const [x, y] = project(epsg, point);
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
