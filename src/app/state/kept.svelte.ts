import { type Budget, type KeptCaches, type KeptKind, type KeptSize, openKeptCaches } from '../lib/caches';

/** What is kept on this device, and how much may be. */
export class KeptState {
  sizes = $state.raw<readonly KeptSize[]>([]);
  budget = $state.raw<Budget | null>(null);
  /** False where nothing outlives the page. */
  persistent = $state(true);
  /** Whether the browser has promised not to clear it; null before it was asked. */
  isProtected = $state<boolean | null>(null);
  /** What is to be deleted, once that is confirmed. */
  doomed = $state.raw<KeptSize | null>(null);
  notices = $state.raw<readonly string[]>([]);
  failed = $state(false);

  /** Finished maps do not count against the budget. */
  readonly cached = $derived(this.sizes.reduce((sum, { kind, bytes }) => (kind === 'maps' ? sum : sum + bytes), 0));

  readonly #open: () => Promise<KeptCaches>;
  #caches: Promise<KeptCaches> | null = null;

  constructor(open: () => Promise<KeptCaches>) {
    this.#open = open;
  }

  /** Looks at what lies there now. */
  refresh(): Promise<void> {
    return this.#with(async () => undefined);
  }

  /** Asks for a confirmation; null takes it back. */
  doom(kind: KeptKind | null): void {
    this.doomed = this.sizes.find((size) => size.kind === kind) ?? null;
  }

  /** Deletes what was confirmed. */
  async clear(): Promise<void> {
    const { doomed } = this;
    this.doomed = null;
    if (doomed !== null) await this.#with((caches) => caches.clearCaches([doomed.kind]));
  }

  setBudget(bytes: number): Promise<void> {
    return this.#with((caches) => caches.setBudget(bytes));
  }

  protect(): Promise<void> {
    return this.#with(async (caches) => {
      this.isProtected = await caches.protect();
    });
  }

  async #with(work: (caches: KeptCaches) => Promise<void>): Promise<void> {
    try {
      // A failure to open is forgotten, so that the next call tries again.
      const caches = await (this.#caches ??= this.#open().catch((error: unknown) => {
        this.#caches = null;
        throw error;
      }));
      await work(caches);
      [this.sizes, this.budget, this.persistent] = await Promise.all([
        caches.listCaches(),
        caches.budget(),
        caches.persistent(),
      ]);
      this.notices = caches.notices().map(({ message, nextStep }) => `${message} ${nextStep}`);
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
}

export const kept = new KeptState(openKeptCaches);
