export { openArchive, type Archive } from './archive';
export { classAreas } from './areas';
export { openCaches, type Budget, type Caches, type KeptKind, type KeptSize } from './caches';
export { exportFiles, type ExportFile, type ExportKind } from './export';
export { findScenes, type ScenePlan } from './plan';
export { runJob, type JobOptions, type JobPorts } from './run';
export { VERSION } from './version';
export type {
  ClassArea,
  CropMap,
  JobProgress,
  JobReport,
  JobRequest,
  PackedHistory,
  SceneRequest,
  SegmentPort,
  SeriesPort,
  Stage,
} from './types';
