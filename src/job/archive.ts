import { openShelf, type StoredSummary } from '../store';
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

export async function openArchive(): Promise<Archive> {
  const shelf = await openShelf<CropMap>(SHELF_NAME);
  return {
    persistent: shelf.persistent,
    saveMap: (map) =>
      shelf.save(map, {
        title: map.report.request.title,
        season: map.report.request.season,
        created: map.report.created,
        bytes: sizeOf(map),
      }),
    listMaps: () => shelf.list(),
    loadMap: (id) => shelf.load(id),
    removeMap: (id) => shelf.remove(id),
  };
}

function sizeOf({ labels, probabilities, history }: CropMap): number {
  return labels.byteLength + probabilities.byteLength + history.ndvi.byteLength + history.scl.byteLength;
}
