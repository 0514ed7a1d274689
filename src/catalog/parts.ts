import { sharedFootprint } from './footprint';
import { apart } from './passes';
import type { Scene } from './types';

/** Shares of a tile are compared with this tolerance, percentage points: processings differ by less at the rims. */
const SHARE_TOLERANCE = 5;

/** A scene that lacks no more of its tile than this, percent, shows all of it. */
const WHOLE_NODATA_PERCENT = 1;

const WHOLE_PERCENT = 100;

/** A datastrip begins at the same second in each of its processings, or next to it; two of a pass differ by more. */
const SAME_STRIP_MS = 5_000;

/** Two processings of one granule tell its sensing time to the second; the parts of a tile differ by more. */
const SAME_TIME_MS = 1_000;

/** Outlines that share less than this of the smaller one lie beside each other. */
const BESIDE_SHARE = 0.5;

/**
 * Parts and processings of one acquisition that a scene is compared with. Archives have two or three; a catalogue with
 * thousands of items of one time is none, and must not keep the page busy with all their pairs.
 */
export const MOST_COMPARED = 16;

/** Share of the tile that a scene has data of, percent; null where the item does not tell. */
export function seenPercent({ nodataPercent }: Scene): number | null {
  return nodataPercent === null ? null : WHOLE_PERCENT - nodataPercent;
}

/** Whether both baselines are known and differ: then one is certainly a processing of its own. */
export function otherBaseline(a: Scene, b: Scene): boolean {
  const [one, other] = [a.processingBaseline, b.processingBaseline];
  return one !== null && other !== null && one !== other;
}

/**
 * Whether a scene shows all that another scene of the same acquisition shows, so that the series can do without that
 * one. Where nothing tells, it does not: a part that is kept for nothing costs little, one that is dropped is lost.
 * Parts of one pass that came in two datastrips have the same tile, satellite, data take and baseline, and even their
 * numbers and times of processing differ as those of two processings do.
 */
export function replaces(one: Scene, other: Scene): boolean {
  const processing = otherBaseline(one, other);
  if (isWhole(one) && (processing || isWhole(other))) return true;
  const [seen, needed] = [seenPercent(one), seenPercent(other)];
  if (seen !== null && needed !== null && seen < needed - SHARE_TOLERANCE) return false;
  const area = sameArea(one, other);
  if (area !== null) return area;
  const sameTime = apart(one.datetime, other.datetime) <= SAME_TIME_MS;
  if (processing && sameTime) return true;
  // Two that are not more than a tile together may be its two parts.
  if (seen === null || needed === null || seen + needed <= WHOLE_PERCENT + SHARE_TOLERANCE) return false;
  return (processing || sameTime) && Math.abs(seen - needed) <= SHARE_TOLERANCE;
}

/** Whether several scenes, parts of one pass, together show all that another scene of that pass shows. */
export function replaceTogether(parts: readonly Scene[], other: Scene): boolean {
  const needed = seenPercent(other);
  const shares = parts.map(seenPercent);
  if (needed === null || parts.length < 2 || shares.includes(null)) return false;
  const seen = shares.reduce<number>((sum, share) => sum + share!, 0);
  // Parts that overlap add up to more than they show.
  return seen >= needed - SHARE_TOLERANCE && seen <= WHOLE_PERCENT + SHARE_TOLERANCE;
}

/**
 * How surely two scenes of one acquisition, of different sources, show the same part of it, the higher the surer; null
 * where `one` does not show all that `other` shows.
 */
export function likeness(one: Scene, other: Scene): number | null {
  const [seen, needed] = [seenPercent(one), seenPercent(other)];
  const known = seen !== null && needed !== null;
  if (known && seen < needed - SHARE_TOLERANCE) return null;
  if (isWhole(one) && !isWhole(other)) return 0;
  const area = isWhole(one) && isWhole(other) ? true : sameArea(one, other);
  if (area !== null) return area ? 3 : null;
  return known && Math.abs(seen - needed) <= SHARE_TOLERANCE ? 2 : 1;
}

function isWhole({ nodataPercent }: Scene): boolean {
  return nodataPercent !== null && nodataPercent <= WHOLE_NODATA_PERCENT;
}

/** By datastrips, else by outlines that lie beside each other; null where neither tells. */
function sameArea(a: Scene, b: Scene): boolean | null {
  if (a.datastrip !== undefined && b.datastrip !== undefined) return apart(a.datastrip, b.datastrip) <= SAME_STRIP_MS;
  const shared = sharedFootprint(a, b);
  return shared !== null && shared < BESIDE_SHARE ? false : null;
}
