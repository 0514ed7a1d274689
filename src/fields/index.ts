export {
  MIN_PATCH_HECTARES,
  mapToGeoJson,
  type CropGeoJson,
  type CropPatchProperties,
  type GeoJsonOptions,
} from './geojson';
export { labelRegions } from './regions';
export { tracePolygons, type TraceOptions } from './trace';
export type { LabelledGrid, RegionMap, TracedPolygon } from './types';
