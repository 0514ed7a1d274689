import { baselineNumber } from './newest';
import type { OffsetDecision, Scene } from './types';

/** From this processing baseline on, producers add 1000 to every DN (ESA, 25 January 2022). */
const OFFSET_BASELINE = 4;

/** First sensing day of baseline 04.00 in the routine production. */
const OFFSET_SINCE = '2022-01-25';

/** Reprocessed collection: baseline 05.00 or later for all years, and the offset is always in the pixels. */
const COLLECTION_1 = 'sentinel-2-c1-l2a';

/**
 * Where even the darkest hundredth of the pixels is brighter than this DN, the +1000 is still inside: water and shadow
 * have reflectances near 0. A little under 1000, as atmospheric correction may overshoot.
 */
const DARK_DN = 950;

/** Reads the first percentile of the non-zero DN of a scene's dark bands; null where that cannot be told. */
type DarkSniff = (signal: AbortSignal) => Promise<number | null>;

interface OffsetOptions {
  readonly signal: AbortSignal;
  /** What a person has decided for all scenes. */
  readonly override?: OffsetDecision['addDn'];
}

/**
 * How a scene's DN become reflectance x 10 000 without an offset, and why. The flag of Earth Search goes before
 * `raster:bands`, which says -0.1 even where the offset is out of the pixels already; where the flag says that it is
 * not, it is known to be wrong at times (Earth Search issues #66, #71), so the pixels are asked.
 * @param sniff called only where the item leaves the question open
 */
export async function decideOffset(
  scene: Scene,
  sniff: DarkSniff,
  { signal, override }: OffsetOptions,
): Promise<OffsetDecision> {
  signal.throwIfAborted();
  if (override !== undefined) {
    return { addDn: override, rule: 'user', reason: `Set by hand: ${override} is added to every pixel.` };
  }
  const certain = decideByItem(scene);
  if (certain !== null) return certain;
  const darkest = await sniff(signal);
  signal.throwIfAborted();
  return darkest === null ? assume(scene) : decideByPixels(darkest);
}

/** Adds the decided offset to a band in place. 0 means no data and stays; dark pixels end at 1 at least. */
export function harmonise(dn: Uint16Array, addDn: OffsetDecision['addDn']): void {
  if (addDn === 0) return;
  for (let at = 0; at < dn.length; at++) {
    const value = dn[at]!;
    if (value !== 0) dn[at] = Math.max(1, value + addDn);
  }
}

function decideByItem(scene: Scene): OffsetDecision | null {
  const { boaOffsetApplied, collection, processingBaseline } = scene;
  if (boaOffsetApplied === true) {
    return { addDn: 0, rule: 'flag', reason: 'The catalogue says that the offset is already taken out.' };
  }
  if (collection === COLLECTION_1) {
    return { addDn: -1000, rule: 'collection', reason: 'Pixels of the collection sentinel-2-c1-l2a carry the offset.' };
  }
  if (processingBaseline === null) return null;
  if (baselineNumber(scene) < OFFSET_BASELINE) {
    return { addDn: 0, rule: 'baseline', reason: `Processing baseline ${processingBaseline} knows no offset.` };
  }
  if (boaOffsetApplied === false) return null;
  return { addDn: -1000, rule: 'baseline', reason: `Processing baseline ${processingBaseline} carries the offset.` };
}

function decideByPixels(darkest: number): OffsetDecision {
  const dn = Math.round(darkest);
  return darkest >= DARK_DN
    ? { addDn: -1000, rule: 'dark-pixels', reason: `The darkest pixels have DN ${dn}, so the offset is still in them.` }
    : { addDn: 0, rule: 'dark-pixels', reason: `The darkest pixels have DN ${dn}, so the offset is already out.` };
}

/** Nothing tells for sure: the flag, else the baseline's date, is believed. */
function assume({ boaOffsetApplied, processingBaseline, date }: Scene): OffsetDecision {
  const carried = processingBaseline !== null ? boaOffsetApplied === false : date >= OFFSET_SINCE;
  return carried
    ? { addDn: -1000, rule: 'assumed', reason: 'Assumed that the offset is in the pixels; nothing says so for sure.' }
    : { addDn: 0, rule: 'assumed', reason: `Assumed to have no offset, as sensed before ${OFFSET_SINCE}.` };
}
