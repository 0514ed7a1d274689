export { chooseScenes, type ChooseOptions } from './choose';
export { CLOUD_LIMITS, type CloudLimit } from './cloud-limits';
export { decideOffset, harmonise, type DarkSniff, type OffsetOptions } from './offset';
export { searchScenes, type SearchOptions, type SkippedItem } from './search';
export { parseMonths, seasonRange, type MonthWindow } from './season';
export { EARTH_SEARCH } from './sources';
export type * from './types';
