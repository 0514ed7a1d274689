export { openOpfsScratch } from './opfs-scratch';
export { openShelf, SHELF_LIMIT } from './shelf';
export type { OpenScratch, Scratch } from './scratch';
export type { Shelf, StoredSummary } from './types';
