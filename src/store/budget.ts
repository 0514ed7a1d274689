import type { CacheKind } from './blob-types';

/** Room for kept data where nobody said otherwise, bytes: a season of 60 dates of a full cell (1.5 GB), twice. */
export const DEFAULT_BUDGET_BYTES = 3e9;

/** Less is of no use: four dates of a full cell. */
export const LEAST_BUDGET_BYTES = 1e8;

/** Share of what the browser grants that may be filled; the rest is for finished maps and for other pages of the site. */
const QUOTA_SHARE = 0.5;

/** After the budget is passed, this share of it is left: room is made seldom, not for each record. */
export const KEPT_SHARE = 0.9;

/** What the browser grants and what is used of it, bytes, by its own count; null where it does not tell. */
export interface Quota {
  readonly granted: number;
  readonly used: number;
}

/** Asks the browser; it rounds and it may change its mind. */
export async function readQuota(): Promise<Quota | null> {
  const storage = (globalThis.navigator as Navigator | undefined)?.storage as Partial<StorageManager> | undefined;
  if (storage?.estimate === undefined) return null;
  // Some private windows have the function and refuse the answer.
  const { quota, usage } = await storage.estimate().catch(() => ({ quota: undefined, usage: undefined }));
  return quota === undefined ? null : { granted: quota, used: usage ?? 0 };
}

/** The budget that counts: what was asked for, within what the browser grants. */
export function boundedBudget(asked: number, quota: Quota | null): number {
  return quota === null ? asked : Math.min(asked, quota.granted * QUOTA_SHARE);
}

/**
 * Share of the budget that kinds may take which are cheaper to make again than to fetch: features cost an encoding, the
 * others a connection.
 */
const KIND_SHARES: Readonly<Partial<Record<CacheKind, number>>> = { features: 1 / 3 };

/** Share of the budget that records of a kind may take, 0 to 1. */
export function shareOf(kind: CacheKind): number {
  return KIND_SHARES[kind] ?? 1;
}
