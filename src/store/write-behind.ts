import type { BlobEntry, Bytes } from './blob-types';

/** Bytes that may wait to be written: two dates of a full cell. Beyond that, whoever brings more waits too. */
const MOST_WAITING_BYTES = 64e6;

/** Writes that run while work goes on, bounded, and readable before they are done. */
export interface WriteBehind {
  /** Starts a write as soon as there is room among those that run. `write` must not reject. */
  add(entry: BlobEntry, record: Bytes, write: () => Promise<void>, signal: AbortSignal): Promise<void>;
  /** The newest record of a key that is still being written. */
  pending(key: string): WaitingRecord | undefined;
  /** Entries of all such records whose key begins with `prefix`. */
  entries(prefix: string): BlobEntry[];
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
}

interface WaitingRecord {
  readonly entry: BlobEntry;
  readonly record: Bytes;
}

export function createWriteBehind(limit = MOST_WAITING_BYTES): WriteBehind {
  const running = new Set<Promise<void>>();
  const newest = new Map<string, WaitingRecord>();
  /** Writes of one key follow each other, so that the last one put is the one that stays. */
  const tails = new Map<string, Promise<void>>();
  let waiting = 0;

  return {
    async add(entry, record, write, signal) {
      const { key } = entry;
      while (waiting > 0 && waiting + record.length > limit) {
        await Promise.race(running);
        signal.throwIfAborted();
      }
      waiting += record.length;
      newest.set(key, { entry, record });
      const done = (tails.get(key) ?? Promise.resolve()).then(write).finally(() => {
        waiting -= record.length;
        running.delete(done);
        if (tails.get(key) === done) tails.delete(key);
        if (newest.get(key)?.record === record) newest.delete(key);
      });
      running.add(done);
      tails.set(key, done);
    },
    pending: (key) => newest.get(key),
    entries: (prefix) => [...newest.values()].map(({ entry }) => entry).filter(({ key }) => key.startsWith(prefix)),
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
