import type { Budget, Caches } from '../../job';

let caches: Caches | null = null;

/** Opens the store room on demand, once: what went wrong on this page is remembered by the one that saw it. */
export async function openStorage(): Promise<Caches> {
  if (caches === null) {
    const { openCaches } = await import('../../job');
    caches ??= openCaches();
  }
  return caches;
}

/** Whether the browser has promised not to clear the site's storage; null where it does not tell. Asks nobody. */
export async function isGuarded(): Promise<boolean | null> {
  const storage = navigator.storage as Partial<StorageManager> | undefined;
  if (storage?.persisted === undefined) return null;
  return storage.persisted().catch(() => null);
}

/** Steps of the budget, bytes: finer ones cannot be told apart. */
const STEP_BYTES = 1e8;
/** The most that is offered, bytes: six seasons of a whole cell. */
const MOST_BYTES = 1e10;

/** A slider of bytes. */
export interface BudgetScale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
}

/** What the slider offers: no more than the browser grants, but always what is asked for now. */
export function budgetScale({ asked, least, quota }: Budget): BudgetScale {
  const granted = Math.min(MOST_BYTES, quota?.granted ?? MOST_BYTES);
  const max = least + Math.floor(Math.max(0, granted - least, asked - least) / STEP_BYTES) * STEP_BYTES;
  return { min: least, max, step: STEP_BYTES, value: asked };
}
