export { openArchive, type Archive } from './archive';
export { classAreas } from './areas';
export { runJob, type JobOptions, type JobPorts } from './run';
export { VERSION } from './version';
export type {
  ClassArea,
  CropMap,
  JobProgress,
  JobReport,
  JobRequest,
  PackedHistory,
  SegmentPort,
  SeriesPort,
  Stage,
} from './types';
