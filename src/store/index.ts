export { openShelf, SHELF_LIMIT } from './shelf';
export type { StoredSummary } from './types';
