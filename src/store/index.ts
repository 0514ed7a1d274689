export { openShelf, SHELF_LIMIT } from './shelf';
export type { Shelf, StoredSummary } from './types';
