/** West, south, east, north in degrees, WGS84. */
export type BboxWgs84 = readonly [west: number, south: number, east: number, north: number];

/** Longitude, latitude in degrees, WGS84. */
export type LonLat = readonly [longitude: number, latitude: number];

/**
 * A north-up pixel window in a projected CRS: what is read, classified and written.
 * `xMin`/`yMax` are the outer corner of the top left pixel in metres.
 */
export interface GridWindow {
  readonly epsg: number;
  readonly xMin: number;
  readonly yMax: number;
  readonly pixelMetres: number;
  readonly columns: number;
  readonly rows: number;
}

/** One cell of the Czech grid: 10 980 m square, 1098 x 1098 pixels of 10 m (reference spec, section 1.3). */
export interface Cell {
  /** 100 * tile + 10 * column (west to east) + row (south to north), 0 to 1199. */
  readonly index: number;
  /** MGRS tile without the leading T, such as `33UVR`. */
  readonly tile: string;
  readonly grid: GridWindow;
}
