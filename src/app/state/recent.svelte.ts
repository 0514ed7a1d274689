import type { CropMap } from '../../job';
import { openMaps, type KeptMap, type MapArchive } from '../lib/archive';

/** A deleted map can be taken back for this long, milliseconds; it leaves the disk only then. */
export const UNDO_MILLISECONDS = 8000;

/** Maps kept on this device. */
export class RecentState {
  maps = $state.raw<readonly KeptMap[]>([]);
  /** The map whose deletion can still be undone. */
  removed = $state.raw<KeptMap | null>(null);
  /** False where maps are gone after a reload. */
  persistent = $state(true);
  failed = $state(false);

  readonly #open: () => Promise<MapArchive>;
  #archive: Promise<MapArchive> | null = null;
  #undoTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(open: () => Promise<MapArchive>) {
    this.#open = open;
  }

  async refresh(): Promise<void> {
    try {
      const archive = await this.#archiveReady();
      this.persistent = archive.persistent;
      const gone = this.removed?.id;
      this.maps = (await archive.listMaps()).filter(({ id }) => id !== gone);
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  /** Rejects with a catalogue error where there is no room; the map on show is not harmed by that. */
  async keep(map: CropMap): Promise<void> {
    const archive = await this.#archiveReady();
    await archive.saveMap(map);
    await this.refresh();
  }

  async open(id: string): Promise<CropMap> {
    return (await this.#archiveReady()).loadMap(id);
  }

  /** Hides a map at once and deletes it when the time for an undo has passed. */
  async remove(id: string): Promise<void> {
    await this.#settleRemoval();
    const found = this.maps.find((map) => map.id === id);
    if (found === undefined) return;
    this.maps = this.maps.filter((map) => map.id !== id);
    this.removed = found;
    this.#undoTimer = setTimeout(() => void this.#settleRemoval(), UNDO_MILLISECONDS);
  }

  async undo(): Promise<void> {
    clearTimeout(this.#undoTimer);
    this.removed = null;
    await this.refresh();
  }

  async #settleRemoval(): Promise<void> {
    clearTimeout(this.#undoTimer);
    const gone = this.removed;
    if (gone === null) return;
    this.removed = null;
    await (await this.#archiveReady()).removeMap(gone.id);
  }

  /** The archive, opened once; a failure is forgotten so that the next call tries again. */
  #archiveReady(): Promise<MapArchive> {
    this.#archive ??= this.#open().catch((error: unknown) => {
      this.#archive = null;
      throw error;
    });
    return this.#archive;
  }
}

export const recent = new RecentState(openMaps);
