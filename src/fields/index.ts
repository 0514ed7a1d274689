export { mapToGeoJson, type CropGeoJson, type GeoJsonOptions } from './geojson';
export { labelRegions } from './regions';
export { tracePolygons } from './trace';
export type { LabelledGrid, TracedPolygon } from './types';
