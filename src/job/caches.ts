import type { CropError } from '../errors';
import {
  boundedBudget,
  type CacheKind,
  DEFAULT_BUDGET_BYTES,
  LEAST_BUDGET_BYTES,
  openBrowserCache,
  openBrowserSettings,
  type Quota,
  readQuota,
  requestPersistence,
} from '../store';
import { openArchive } from './archive';

/** What is kept on this device: caches, which can be had again, and finished maps, which cannot. */
export type KeptKind = CacheKind | 'maps';

export interface KeptSize {
  readonly kind: KeptKind;
  /** For people. */
  readonly title: string;
  readonly bytes: number;
  readonly items: number;
}

/** How much may be kept. Bytes. */
export interface Budget {
  /** What the person asked for, or the default. */
  readonly asked: number;
  /** What counts: no more than the browser allows. */
  readonly counted: number;
  readonly least: number;
  readonly quota: Quota | null;
}

/** The store room of the site, for the page that shows and empties it. */
export interface Caches {
  /** All kinds, in the order in which they come about; empty ones too. */
  listCaches(): Promise<KeptSize[]>;
  /** Deletes everything of these kinds. Finished maps are gone for good. */
  clearCaches(kinds: readonly KeptKind[]): Promise<void>;
  budget(): Promise<Budget>;
  /** Keeps the wish and gives back at once what is beyond it. */
  setBudget(bytes: number): Promise<void>;
  /** Whether caches outlive the page. */
  persistent(): Promise<boolean>;
  /** Asks the browser, once ever, not to clear the site's storage; the answer. To be called when work is worth keeping. */
  protect(): Promise<boolean>;
  /** What went wrong with storage on this page. */
  notices(): readonly CropError[];
}

const TITLES: Readonly<Record<KeptKind, string>> = {
  searches: 'Catalogue answers',
  headers: 'File headers',
  tiles: 'Image tiles',
  dates: 'Finished dates',
  models: 'Models',
  features: 'Encoded dates',
  maps: 'Finished maps',
};

/** Opens with the first call; nothing has to be closed. */
export function openCaches(): Caches {
  const cache = openBrowserCache();

  async function mapsSize(): Promise<{ bytes: number; items: number }> {
    const maps = await (await openArchive()).listMaps();
    return { bytes: maps.reduce((sum, { bytes }) => sum + bytes, 0), items: maps.length };
  }

  async function removeMaps(): Promise<void> {
    const archive = await openArchive();
    for (const { id } of await archive.listMaps()) await archive.removeMap(id);
  }

  return {
    async listCaches() {
      const [sizes, maps] = await Promise.all([cache.sizes(), mapsSize()]);
      return (Object.keys(TITLES) as KeptKind[]).map((kind) => {
        const size = kind === 'maps' ? maps : (sizes.get(kind) ?? { bytes: 0, items: 0 });
        return { kind, title: TITLES[kind], ...size };
      });
    },
    async clearCaches(kinds) {
      await cache.clear(kinds.filter((kind) => kind !== 'maps'));
      if (kinds.includes('maps')) await removeMaps();
    },
    async budget() {
      const [settings, quota] = await Promise.all([openBrowserSettings(), readQuota()]);
      const asked = (await settings.get('budget')) ?? DEFAULT_BUDGET_BYTES;
      return { asked, counted: boundedBudget(asked, quota), least: LEAST_BUDGET_BYTES, quota };
    },
    async setBudget(bytes) {
      await (await openBrowserSettings()).set('budget', Math.max(LEAST_BUDGET_BYTES, bytes));
      await cache.trim();
    },
    persistent: () => cache.persistent(),
    protect: async () => requestPersistence(await openBrowserSettings()),
    notices: () => cache.notices(),
  };
}
