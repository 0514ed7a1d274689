import type { BlobStore } from './blob-types';
import { boundedBudget, DEFAULT_BUDGET_BYTES, readQuota } from './budget';
import { type Cache, createCache } from './cache';
import { openIdbBlobs } from './idb-blobs';
import { limitedBlobs } from './limited-blobs';
import { createMemoryBlobs } from './memory-blobs';
import { openSettings, type Settings } from './settings';

const CACHE_NAME = 'crop2seg-cache';
const SETTINGS_NAME = 'crop2seg-settings';

/** The settings of this site, shared by its pages and workers. */
export function openBrowserSettings(): Promise<Settings> {
  return openSettings(SETTINGS_NAME);
}

/**
 * The cache of this site, shared by its pages and workers: in IndexedDB, or in memory where the browser keeps nothing.
 * Returns at once and opens with the first use.
 */
export function openBrowserCache(): Cache {
  let opening: Promise<Cache> | null = null;
  let opened: Cache | null = null;

  async function open(): Promise<Cache> {
    const [store, settings] = await Promise.all([openBlobs(), openBrowserSettings()]);
    const budget = async (): Promise<number> => {
      const [asked, quota] = await Promise.all([settings.get('budget'), readQuota()]);
      return boundedBudget(asked ?? DEFAULT_BUDGET_BYTES, quota);
    };
    return (opened = createCache(store, { budget }));
  }
  const ready = (): Promise<Cache> => (opening ??= open());

  return {
    get: async (key, signal) => (await ready()).get(key, signal),
    put: async (key, kind, bytes, signal) => (await ready()).put(key, kind, bytes, signal),
    list: async (prefix, signal) => (await ready()).list(prefix, signal),
    forget: async (keys) => (await ready()).forget(keys),
    clear: async (kinds) => (await ready()).clear(kinds),
    sizes: async () => (await ready()).sizes(),
    limitOf: async (kind) => (await ready()).limitOf(kind),
    makeRoom: async (bytes) => (await ready()).makeRoom(bytes),
    trim: async () => (await ready()).trim(),
    settled: async () => (await ready()).settled(),
    persistent: async () => (await ready()).persistent(),
    note: (notice) => void ready().then((cache) => cache.note(notice)),
    notices: () => opened?.notices() ?? [],
  };
}

async function openBlobs(): Promise<BlobStore> {
  try {
    return limitedBlobs(await openIdbBlobs(CACHE_NAME));
  } catch {
    // Private windows of some browsers refuse IndexedDB; `persistent` tells the page to say so.
    return createMemoryBlobs();
  }
}
