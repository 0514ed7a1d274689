/** What a list of kept maps shows without loading one. */
export interface StoredSummary {
  readonly id: string;
  readonly title: string;
  readonly season: number;
  /** ISO 8601 time at which the map was finished. */
  readonly created: string;
  readonly bytes: number;
}

/**
 * A shelf for finished work of one type. Items survive a reload where `persistent` is true; where the browser keeps
 * nothing (private mode, refused quota) they live until the page closes.
 */
export interface Shelf<T> {
  readonly persistent: boolean;
  /** Writes an item whole or not at all, dropping the oldest ones past the limit. Returns its id. */
  save(item: T, about: Omit<StoredSummary, 'id'>): Promise<string>;
  /** Newest first. */
  list(): Promise<StoredSummary[]>;
  /** @throws CropError `store/missing` */
  load(id: string): Promise<T>;
  remove(id: string): Promise<void>;
}
