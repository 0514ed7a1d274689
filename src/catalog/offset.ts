import { carriesOffset } from './baseline';
import type { OffsetDecision, Scene } from './types';

/** First day of baseline 04.00 in the routine production. */
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
 * not, it is known to be wrong at times (Earth Search issues #66, #71), so the pixels are asked. They are asked too
 * where the baseline is not known, where the item contradicts itself, and where it declares that there is no offset
 * although its baseline has one.
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
  return darkest === null ? assume(scene) : decideByPixels(scene, darkest);
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
  const { boaOffsetApplied, collection, processingBaseline, declaredOffsetDn } = scene;
  if (boaOffsetApplied === true) {
    return { addDn: 0, rule: 'flag', reason: 'The catalogue says that the offset is already taken out.' };
  }
  if (collection === COLLECTION_1) {
    return { addDn: -1000, rule: 'collection', reason: 'Pixels of the collection sentinel-2-c1-l2a carry the offset.' };
  }
  if (processingBaseline === null) return null;
  if (!carriesOffset(processingBaseline)) {
    return { addDn: 0, rule: 'baseline', reason: `Processing baseline ${processingBaseline} knows no offset.` };
  }
  if (boaOffsetApplied === false || declaredOffsetDn === 0) return null;
  return { addDn: -1000, rule: 'baseline', reason: `Processing baseline ${processingBaseline} carries the offset.` };
}

function decideByPixels({ contradictingBaselines }: Scene, darkest: number): OffsetDecision {
  const dn = Math.round(darkest);
  const doubt =
    contradictingBaselines === undefined
      ? ''
      : `The item names two processing baselines (${contradictingBaselines.join(', ')}). `;
  return darkest >= DARK_DN
    ? {
        addDn: -1000,
        rule: 'dark-pixels',
        reason: `${doubt}The darkest pixels have DN ${dn}, so the offset is still in them.`,
      }
    : {
        addDn: 0,
        rule: 'dark-pixels',
        reason: `${doubt}The darkest pixels have DN ${dn}, so the offset is already out.`,
      };
}

/** Nothing tells for sure: the flag, else what the files declare, else when the product was made, is believed. */
function assume({ boaOffsetApplied, processingBaseline, declaredOffsetDn, madeAt, date }: Scene): OffsetDecision {
  const made = madeAt ?? date;
  if (processingBaseline !== null ? boaOffsetApplied === false : (declaredOffsetDn ?? offsetOf(made)) !== 0) {
    return {
      addDn: -1000,
      rule: 'assumed',
      reason: 'Assumed that the offset is in the pixels; nothing says so for sure.',
    };
  }
  const reason = declaredOffsetDn === 0 ? 'as the catalogue declares none' : `as made before ${OFFSET_SINCE}`;
  return { addDn: 0, rule: 'assumed', reason: `Assumed to have no offset, ${reason}.` };
}

/** Of products made at a time. */
function offsetOf(made: string): OffsetDecision['addDn'] {
  return made >= OFFSET_SINCE ? -1000 : 0;
}
