export { createHeaderCache, type HeaderCache } from './header-cache';
export { readOverviewPercentile } from './percentile';
export { openRaster, type Raster } from './raster';
export { readGrid, type ReadGridOptions } from './read-grid';
export { readRect, type ReadRectOptions } from './read-rect';
export type * from './types';
export { writeGeoTiff, type WriteGeoTiffOptions } from './write/geotiff';
