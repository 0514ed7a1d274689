/** Where the worker of a season tells what it waits for. */
export const WATCH_CHANNEL = 'crop2seg-bench-watch';

/** What a worker has asked of the platform and not been answered yet. */
export interface WatchReport {
  readonly waiting: readonly { readonly name: string; readonly count: number; readonly oldestSeconds: number }[];
}

/** Where a run in a page is. */
export interface PageState {
  readonly stage: string;
  readonly note: string;
  /** The last word of the worker; null before the first. */
  readonly worker: WatchReport | null;
  readonly secondsSinceReport: number;
  /** Bytes that the site keeps. */
  readonly storedBytes: number;
}
