/** Bytes worth waking up for; Chromium's network keeps 512 KiB for a reader that does not ask. */
const GATHERED_BYTES = 384 * 1024;

/** The longest pause, milliseconds: five times a second is often enough for a display of progress. */
const LONGEST_PAUSE_MS = 200;

/** Below this a pause saves no wake-up, milliseconds. */
const SHORTEST_PAUSE_MS = 20;

/** A piece that came within this time lay ready, milliseconds: there may be more, so that a pause would hold up the line. */
const READY_MS = 5;

/**
 * How long to let bytes gather before the next reading, milliseconds; 0 for not at all. A line brings pieces of 64 KiB
 * and less, and each wakes up two threads of a browser; on a line of 100 Mbit/s they cost as much as decoding. Of
 * the rest of a body only half is waited for, so that its end is never late.
 * @param waitedMs how long the last piece was waited for
 * @param got bytes of the body so far, in `elapsedMs` milliseconds
 * @param left bytes of the body still to come
 */
export function gatheringMs(waitedMs: number, got: number, elapsedMs: number, left: number): number {
  if (waitedMs < READY_MS) return 0;
  const ms = (Math.min(GATHERED_BYTES, left / 2) / got) * elapsedMs;
  return ms < SHORTEST_PAUSE_MS ? 0 : Math.min(ms, LONGEST_PAUSE_MS);
}
