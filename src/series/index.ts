export { buildSeries, type BuildOptions } from './build';
export { createCachedSeriesPort } from './cached-port';
export { clarity, isObscured } from './clarity';
export { daysSince, referenceDate } from './days';
export { packHistory, pixelHistory, type PixelHistory, seenUntil } from './history';
export { createSeriesPort } from './port';
export { isThin, needsWholeSeries } from './validity';
export type {
  InputValidity,
  PackedHistory,
  SeriesDate,
  SeriesPort,
  SeriesProgress,
  SeriesRequest,
  SeriesSummary,
  SeriesTile,
} from './types';
