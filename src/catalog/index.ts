export { chooseScenes } from './choose';
export { CLOUD_LIMITS } from './cloud-limits';
export { decideOffset, harmonise } from './offset';
export { searchScenes, type SkippedItem } from './search';
export { parseMonths, seasonRange } from './season';
export { EARTH_SEARCH } from './sources';
export type * from './types';
