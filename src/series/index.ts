export { buildSeries, type BuildOptions } from './build';
export { clarity, isObscured } from './clarity';
export { daysSince, referenceDate, type DateReference } from './days';
export { coverage, packHistory, pixelHistory, type PixelHistory } from './history';
export { createSeriesPort } from './port';
export { normaliseTile, type TileRect } from './tile';
export type { InputSpec, PackedHistory, SeriesDate, SeriesPort, SeriesProgress, SeriesTile, TimeSeries } from './types';
