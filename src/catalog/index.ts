export { chooseScenes } from './choose';
export { CLOUD_LIMITS } from './cloud-limits';
export { fillOrder } from './fill-order';
export { sawPoint } from './footprint';
export { decideOffset, harmonise } from './offset';
export { searchScenes, type SkippedItem } from './search';
export { samePass } from './passes';
export {
  calendarMonth,
  DEFAULT_MONTHS,
  parseMonths,
  rangeOfMonths,
  SEASON_MONTHS,
  seasonRange,
  seasonsUntil,
} from './season';
export { searchSources, type SceneSearch } from './search-sources';
export { signedTransport } from './signed-transport';
export { EARTH_SEARCH, PLANETARY_COMPUTER, sourceAt, SOURCES } from './sources';
export type * from './types';
