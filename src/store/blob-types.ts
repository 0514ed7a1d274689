export type Bytes = Uint8Array<ArrayBuffer>;

/** What a record holds: sizes are told, and room is given back, per kind. */
export type CacheKind = 'headers' | 'tiles' | 'dates' | 'searches' | 'models' | 'features';

/** What is known about a record without reading it. */
export interface BlobEntry {
  readonly key: string;
  readonly kind: CacheKind;
  /** Of the whole record. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUse: number;
}

/**
 * A place where records lie: IndexedDB, a folder, memory. The bytes are whole records (`./record`), which it neither
 * reads nor checks. Writers in other tabs or processes may be at work at any time.
 */
export interface BlobStore {
  /** Whether records outlive the page or process. */
  readonly persistent: boolean;
  get(key: string): Promise<Bytes | null>;
  /**
   * Writes a record whole or not at all, over an older one of the same key.
   * @throws CropError `store/no-room`; the signal's reason when aborted in the middle
   */
  put(entry: BlobEntry, record: Bytes, signal: AbortSignal): Promise<void>;
  /** Notes a use; nothing happens where the record is gone. */
  touch(key: string, lastUse: number): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  /** Entries whose key begins with `prefix`, by key; all where it is left out. */
  list(prefix?: string): Promise<BlobEntry[]>;
}
