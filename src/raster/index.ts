export { createHeaderCache, type HeaderCache } from './header-cache';
export { readOverviewPercentile } from './percentile';
export { openRaster, type Raster } from './raster';
export { readGrid } from './read-grid';
export { readRect } from './read-rect';
export type * from './types';
export { validityOf } from './validity';
export { writeGeoTiff } from './write/geotiff';
