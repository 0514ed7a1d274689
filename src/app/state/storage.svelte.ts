import { SvelteSet } from 'svelte/reactivity';
import type { Budget, Caches, KeptKind, KeptSize } from '../../job';
import { isGuarded, openStorage } from '../lib/storage';

/** What is kept on this device, and what is about to be deleted of it. */
export class StorageState {
  shown = $state(false);
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  /** All kinds; empty ones too. */
  sizes = $state.raw<readonly KeptSize[]>([]);
  budget = $state.raw<Budget | null>(null);
  /** False where all of it is gone with the page. */
  persistent = $state(true);
  /** Whether the browser keeps it even when the disk runs short; null where it does not tell. */
  guarded = $state<boolean | null>(null);
  notices = $state.raw<readonly string[]>([]);

  readonly selected = new SvelteSet<KeptKind>();
  /** Set while the person is asked whether to delete what is selected. */
  confirming = $state(false);
  busy = $state(false);
  problem = $state<'remove' | 'budget' | null>(null);
  /** Bytes of the last deletion; null before one and when the dialog opens again. */
  removedBytes = $state<number | null>(null);

  readonly totalBytes = $derived(this.sizes.reduce((sum, { bytes }) => sum + bytes, 0));
  readonly totalItems = $derived(this.sizes.reduce((sum, { items }) => sum + items, 0));
  readonly chosen: readonly KeptSize[] = $derived(this.sizes.filter(({ kind }) => this.selected.has(kind)));
  readonly chosenBytes = $derived(this.chosen.reduce((sum, { bytes }) => sum + bytes, 0));

  readonly #open: () => Promise<Caches>;
  readonly #isGuarded: () => Promise<boolean | null>;

  constructor(open: () => Promise<Caches>, guarded: () => Promise<boolean | null>) {
    this.#open = open;
    this.#isGuarded = guarded;
  }

  /** Opens the dialog with sizes of now. */
  async show(): Promise<void> {
    this.shown = true;
    this.selected.clear();
    this.confirming = false;
    this.problem = null;
    this.removedBytes = null;
    await this.refresh();
  }

  hide(): void {
    this.shown = false;
  }

  async refresh(): Promise<void> {
    try {
      const caches = await this.#open();
      [this.sizes, this.budget, this.persistent, this.guarded] = await Promise.all([
        caches.listCaches(),
        caches.budget(),
        caches.persistent(),
        this.#isGuarded(),
      ]);
      this.notices = caches.notices().map(({ message }) => message);
      for (const { kind, items } of this.sizes) if (items === 0) this.selected.delete(kind);
      this.status = 'ready';
    } catch {
      this.status = 'failed';
    }
  }

  toggle(kind: KeptKind): void {
    if (!this.selected.delete(kind)) this.selected.add(kind);
  }

  /** Deletes what is selected, for good. */
  async remove(): Promise<void> {
    const before = this.totalBytes;
    this.busy = true;
    this.problem = null;
    this.removedBytes = null;
    try {
      await (await this.#open()).clearCaches([...this.selected]);
    } catch {
      this.problem = 'remove';
    }
    await this.refresh();
    if (this.problem === null) this.removedBytes = Math.max(0, before - this.totalBytes);
    this.confirming = false;
    this.busy = false;
  }

  /** What is beyond the new budget goes at once. */
  async setBudget(bytes: number): Promise<void> {
    this.problem = null;
    try {
      await (await this.#open()).setBudget(bytes);
    } catch {
      this.problem = 'budget';
    }
    await this.refresh();
  }

  /** Asks the browser, once ever, not to clear what is kept. */
  async protect(): Promise<void> {
    try {
      this.guarded = await (await this.#open()).protect();
    } catch {
      // As good as a refusal: the dialog says how it stands when it opens.
      this.guarded = null;
    }
  }
}

export const storage = new StorageState(openStorage, isGuarded);
