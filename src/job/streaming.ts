import { inLanes, type ReadyEngine, type SteadySegmentPort, type TilePlacement, type TileRun } from '../segment';
import type { SeriesDate, SeriesPort } from '../series';

/**
 * Bytes of features that an area may take for its dates to be encoded as they are read: nine tiles of 30 dates, a box of
 * 2.5 km. A whole cell would take ten times as much, more than a tab has.
 */
const FEATURE_BUDGET_BYTES = 600e6;

/** Whether the features of an area fit the budget, in the worst case that no tile lacks a date. */
export function fitsBudget(
  { bytesPerPixelDate }: Pick<ReadyEngine, 'bytesPerPixelDate'>,
  tiles: readonly TilePlacement[],
  dates: number,
): boolean {
  const pixels = tiles.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  return pixels * dates * bytesPerPixelDate <= FEATURE_BUDGET_BYTES;
}

/** Tiles of a date under way at once: enough for an engine that encodes several side by side. */
const ENCODINGS_AT_ONCE = 4;

export interface StreamParts {
  readonly tiles: readonly TilePlacement[];
  readonly series: SeriesPort;
  readonly segment: SteadySegmentPort;
  /** As in `JobRequest`. */
  readonly dateSubsets: number | undefined;
  readonly signal: AbortSignal;
  /** Called when a date has been encoded for every tile, with the number of dates so far. */
  readonly onEncoded: (dates: number) => void | Promise<void>;
}

/** Dates that are encoded while others are still being read. */
export interface DateStream {
  /** Takes a date that has just been read; its turn comes after those before it. */
  take(date: SeriesDate): void;
  /** Resolves when all dates taken are encoded: true, or false where they were lost with a backend that gave up. */
  settled(): Promise<boolean>;
  /** Dates encoded of a tile so far. */
  encoded(tile: number): number;
  /** Scores of a tile from the dates encoded so far; rejects with `segment/features-lost`. */
  decode(tile: number): Promise<TileRun>;
}

/** Encodes each date of an area for all its tiles as soon as it is read, one date after the other. */
export function createDateStream(parts: StreamParts): DateStream {
  const { tiles, series, segment, dateSubsets, signal, onEncoded } = parts;
  let tail: Promise<void> = Promise.resolve();
  let failure: unknown = null;
  let lost = false;
  let done = 0;
  const encoded = tiles.map(() => 0);

  async function encode(date: SeriesDate): Promise<void> {
    await inLanes(tiles.length, ENCODINGS_AT_ONCE, async (at) => {
      if (lost) return;
      const { column, row, columns, rows } = tiles[at]!;
      const tile = await series.dateTile(date, column, row, columns, rows, signal);
      if (tile.days.length === 0) return;
      lost = !(await segment.encodeSteadily(String(at), tile, signal)) || lost;
      encoded[at]! += 1;
    });
    done += 1;
    if (!lost) await onEncoded(done);
  }

  return {
    take(date) {
      tail = tail
        .then(() => (failure === null && !lost ? encode(date) : undefined))
        .catch((error: unknown) => {
          failure ??= error;
        });
    },
    async settled() {
      await tail;
      if (failure !== null) throw failure;
      return !lost;
    },
    encoded: (tile) => encoded[tile]!,
    decode: (tile) => segment.decode(String(tile), tiles[tile]!, signal, dateSubsets),
  };
}
