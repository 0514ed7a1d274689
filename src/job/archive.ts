import { isCropError } from '../errors';
import { type Cache, openBrowserCache, openShelf, type StoredSummary } from '../store';
import { upToDate } from './older-maps';
import type { CropMap } from './types';

/** Finished maps, kept across reloads where the browser lets us. */
export interface Archive {
  /** False where nothing survives the page: say so. */
  readonly persistent: boolean;
  saveMap(map: CropMap): Promise<string>;
  /** Newest first. */
  listMaps(): Promise<StoredSummary[]>;
  /** @throws CropError `store/missing` */
  loadMap(id: string): Promise<CropMap>;
  removeMap(id: string): Promise<void>;
}

const SHELF_NAME = 'crop2seg-maps';

/** Browsers give space back late and count roughly: twice the map makes sure. */
const ROOM_FACTOR = 2;

/** `cache` makes way for a map that the browser has no room for: it can be had again, the map cannot. */
export async function openArchive(cache: Pick<Cache, 'makeRoom'> = openBrowserCache()): Promise<Archive> {
  const shelf = await openShelf<CropMap>(SHELF_NAME);
  return {
    persistent: shelf.persistent,
    async saveMap(map) {
      const { title, season } = map.report.request;
      const about = { title, season, created: map.report.created, bytes: sizeOf(map) };
      return shelf.save(map, about).catch(async (error: unknown) => {
        if (!isCropError(error, 'store/not-saved')) throw error;
        await cache.makeRoom(about.bytes * ROOM_FACTOR);
        return shelf.save(map, about);
      });
    },
    listMaps: () => shelf.list(),
    loadMap: async (id) => upToDate(await shelf.load(id)),
    removeMap: (id) => shelf.remove(id),
  };
}

function sizeOf({ labels, probabilities, history }: CropMap): number {
  return labels.byteLength + probabilities.byteLength + (history?.pixels.size ?? 0);
}
