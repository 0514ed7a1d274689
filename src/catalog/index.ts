export { chooseScenes } from './choose';
export { CLOUD_LIMITS } from './cloud-limits';
export { decideOffset, harmonise } from './offset';
export { searchScenes, type SkippedItem } from './search';
export { parseMonths, seasonRange } from './season';
export { searchSources, type SceneSearch } from './search-sources';
export { signedTransport } from './signed-transport';
export { EARTH_SEARCH, PLANETARY_COMPUTER, SOURCES } from './sources';
export type * from './types';
