export { openArchive, type Archive } from './archive';
export { classAreas } from './areas';
export { openCaches, type Budget, type Caches, type KeptKind, type KeptSize } from './caches';
export { exportFiles, type ExportKind } from './export';
export { findScenes, type ScenePlan } from './plan';
export { runJob } from './run';
export { mapUntil } from './until';
export { VERSION } from './version';
export type { CropMap, JobProgress, JobReport, JobRequest, MapPreview, SceneRequest, Stage } from './types';
