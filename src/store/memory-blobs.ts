import type { BlobEntry, BlobStore, Bytes } from './blob-types';

/** Records in memory: for tests, and where a browser keeps nothing. */
export function createMemoryBlobs(): BlobStore {
  const held = new Map<string, { readonly entry: BlobEntry; readonly record: Bytes }>();
  return {
    persistent: false,
    // A copy: whoever reads may write into what he gets.
    get: async (key) => held.get(key)?.record.slice() ?? null,
    async put(entry, record, signal) {
      signal.throwIfAborted();
      held.set(entry.key, { entry, record });
    },
    async touch(key, lastUse) {
      const found = held.get(key);
      if (found) held.set(key, { ...found, entry: { ...found.entry, lastUse } });
    },
    async delete(keys) {
      for (const key of keys) held.delete(key);
    },
    list: async (prefix = '') => {
      const entries = [...held.values()].map(({ entry }) => entry).filter(({ key }) => key.startsWith(prefix));
      return entries.sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}
