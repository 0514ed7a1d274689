import type { BlobEntry, BlobStore, CacheKind } from './blob-types';
import { KEPT_SHARE, shareOf } from './budget';
import { bytesOf, evictDownTo, sizesByKind } from './evict';

/** Records written by others are counted again after this share of the budget was written here. */
const RECOUNT_SHARE = 1 / 16;

/** Sees to it that records stay within the budget, and each kind within its share of it. */
export interface Room {
  /** Makes room for a record that is about to be written. False where there never will be. */
  fits(entry: Pick<BlobEntry, 'kind' | 'bytes'>): Promise<boolean>;
  /** To be called when records went in another way: what lies there is counted again. */
  recount(): void;
}

interface Counted {
  readonly limit: number;
  /** Bytes on disk as far as known. */
  readonly used: Map<CacheKind, number>;
  /** Bytes written here since the count. */
  written: number;
}

/** @param allowed bytes that all records may take, asked again with each count */
export function createRoom(store: BlobStore, allowed: () => Promise<number>): Room {
  let counted: Counted | null = null;

  async function count(limit: number): Promise<Counted> {
    const sizes = sizesByKind(await store.list());
    return { limit, used: new Map([...sizes].map(([kind, { bytes }]) => [kind, bytes])), written: 0 };
  }

  /** The count that holds now; within the budget. */
  async function current(): Promise<Counted> {
    if (counted === null || counted.written > counted.limit * RECOUNT_SHARE) {
      const limit = await allowed();
      await evictDownTo(limit, store);
      counted = await count(limit);
    }
    return counted;
  }

  /** Shrinks a kind, or all, so that `bytes` more fit below `most`. */
  async function shrink(most: number, bytes: number, kind?: CacheKind): Promise<void> {
    await evictDownTo(Math.min(most * KEPT_SHARE, most - bytes), store, kind);
  }

  return {
    async fits({ kind, bytes }) {
      const { limit, used } = await current();
      const most = limit * shareOf(kind);
      if (bytes > most) return false;
      const ofKind = (used.get(kind) ?? 0) + bytes;
      const total = bytesIn(used) + bytes;
      if (ofKind > most) await shrink(most, bytes, kind);
      else if (total > limit) await shrink(limit, bytes);
      if (ofKind > most || total > limit) counted = await count(limit);
      const now = counted!;
      now.used.set(kind, (now.used.get(kind) ?? 0) + bytes);
      now.written += bytes;
      return true;
    },
    recount() {
      counted = null;
    },
  };
}

function bytesIn(used: ReadonlyMap<CacheKind, number>): number {
  return [...used.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Half of all that is kept makes way: the device grants less than the budget. */
export async function giveUpHalf(store: BlobStore): Promise<void> {
  await evictDownTo(bytesOf(await store.list()) / 2, store);
}
