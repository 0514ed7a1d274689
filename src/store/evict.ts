import type { BlobEntry, BlobStore, CacheKind } from './blob-types';

/** Number and size of the records of one kind. */
export interface KindSize {
  readonly bytes: number;
  readonly items: number;
}

/** Sum of the sizes of records. */
export function bytesOf(entries: readonly BlobEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Sizes by kind; kinds without records are left out. */
export function sizesByKind(entries: readonly BlobEntry[]): ReadonlyMap<CacheKind, KindSize> {
  const sizes = new Map<CacheKind, KindSize>();
  for (const { kind, bytes } of entries) {
    const before = sizes.get(kind) ?? { bytes: 0, items: 0 };
    sizes.set(kind, { bytes: before.bytes + bytes, items: before.items + 1 });
  }
  return sizes;
}

/**
 * Deletes the records used longest ago until no more than `target` bytes are left.
 * @param kind only records of this kind go, and count; all where it is left out
 * @returns the bytes that are left
 */
export async function evictDownTo(target: number, store: BlobStore, kind?: CacheKind): Promise<number> {
  const entries = (await store.list()).filter((entry) => kind === undefined || entry.kind === kind);
  const oldestFirst = [...entries].sort((a, b) => a.lastUse - b.lastUse);
  let left = bytesOf(entries);
  const leaving: string[] = [];
  for (const { key, bytes } of oldestFirst) {
    if (left <= target) break;
    leaving.push(key);
    left -= bytes;
  }
  await store.delete(leaving);
  return left;
}
