/** The line between a reader and the server. */
export interface Line {
  /** From a request to the first byte of its answer: one round trip. */
  readonly latencyMs: number;
  /** Shared by all connections; null where unlimited. */
  readonly bytesPerSecond: number | null;
}

/** 40 ms and 100 Mbit/s: a household's line to a server on the same continent. */
export const HOUSEHOLD: Line = { latencyMs: 40, bytesPerSecond: 100e6 / 8 };
export const UNLIMITED: Line = { latencyMs: 0, bytesPerSecond: null };

/** Sets the line and the counters back, or only asks for the counters. */
export type ServerOrder = { readonly kind: 'line'; readonly line: Line } | { readonly kind: 'count' };

export type ServerAnswer = { readonly url: string } | { readonly requests: number; readonly bytes: number };

/** What a reader is asked to do. */
export interface ReadTask {
  readonly reader: 'ours' | 'geotiff';
  readonly root: string;
  /** Cells of the tile by number; the one in the middle where left out. */
  readonly cells?: readonly number[];
  readonly dates?: number;
}

/** What it took; `cpuMs` is left out where the reader cannot know (a page). */
export interface ReadTimes {
  readonly wallMs: number;
  readonly cpuMs?: number;
}
