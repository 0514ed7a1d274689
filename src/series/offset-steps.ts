import { isObscured, NO_DATA } from './clarity';
import type { SeriesDate } from './types';

/** A few pixels of a date, the same of each date. */
export interface DateSample {
  readonly record: Pick<SeriesDate, 'date' | 'day' | 'sceneIds' | 'offset' | 'sceneOffsets'>;
  /** DN without the offset, [bands, pixels]; 0 where the ground was not seen clearly. */
  readonly dn: Uint16Array;
  readonly bands: number;
  /** Share of the seen pixels that show the ground clearly, 0 to 1. */
  readonly clearShare: number;
}

/** All bands stepped by about 1000 DN from one date to another. */
export interface OffsetStep {
  readonly from: DateSample['record'];
  readonly to: DateSample['record'];
  /** Median over the bands of their median differences. */
  readonly dn: number;
}

/** Pixels sampled per date: medians of fewer would tell little, and a season of samples stays below 3 MB. */
const MOST_PIXELS = 1024;

/** Pixels that two dates must both show; half of a smaller window. */
const SHARED_PIXELS = 30;

/** Longer apart, crops change as much. */
const NEIGHBOUR_DAYS = 20;

/** What producers add, and how far a band may be from it: crops change while days pass, unlike the offset by band. */
const OFFSET_DN = 1000;
const TOLERANCE_DN = 250;

/**
 * Dates that show less of the ground than this are not judged: haze around clouds that the classification misses
 * brightens all bands by as much.
 */
const LEAST_CLEAR_SHARE = 0.5;

/** Share of the bands that must have stepped so: growth moves the three near-infrared ones of ten by itself. */
const STEPPED_SHARE = 0.7;

/** Bands that must be left to judge by, where the series has them. */
const LEAST_BANDS = 3;

/**
 * Harmonised dark pixels end at 1, and then hide how far they were moved: from a DN of the ground, the offset's way.
 * Of water, which is as dark by itself, they tell nothing.
 */
const DARKEST_DN = 1;
const GROUND_DN = 200;

/** Samples one date. @param dn [bands, rows, columns], harmonised; @param scl [rows, columns] */
export function sampleDate(record: DateSample['record'], dn: Uint16Array, scl: Uint8Array): DateSample {
  const bands = dn.length / scl.length;
  const step = Math.max(1, Math.ceil(scl.length / MOST_PIXELS));
  const pixels = Math.ceil(scl.length / step);
  const sample = new Uint16Array(bands * pixels);
  let [seen, clear] = [0, 0];
  for (let at = 0, pixel = 0; at < pixels; at++, pixel += step) {
    const code = scl[pixel]!;
    if (code === NO_DATA) continue;
    seen++;
    if (isObscured(code)) continue;
    clear++;
    for (let band = 0; band < bands; band++) sample[band * pixels + at] = dn[band * scl.length + pixel]!;
  }
  return { record, dn: sample, bands, clearShare: seen === 0 ? 0 : clear / seen };
}

/** Steps from each date to the nearest later one that shows enough of the same pixels. */
export function offsetSteps(samples: readonly DateSample[]): OffsetStep[] {
  const inOrder = samples
    .filter(({ clearShare }) => clearShare >= LEAST_CLEAR_SHARE)
    .sort((a, b) => a.record.day - b.record.day);
  return inOrder.flatMap((from, at) => {
    for (const to of inOrder.slice(at + 1)) {
      if (to.record.day - from.record.day > NEIGHBOUR_DAYS) break;
      const differences = bandDifferences(from, to);
      if (differences === null) continue;
      const dn = median(differences);
      const isStep = (one: number): boolean => Math.abs(one - (dn < 0 ? -OFFSET_DN : OFFSET_DN)) <= TOLERANCE_DN;
      const share = differences.filter(isStep).length / differences.length;
      return share >= STEPPED_SHARE ? [{ from: from.record, to: to.record, dn }] : [];
    }
    return [];
  });
}

/** Median difference of each band that can be judged; null where the dates share too little. */
function bandDifferences(from: DateSample, to: DateSample): number[] | null {
  const { bands } = from;
  const pixels = from.dn.length / bands;
  const enough = Math.max(1, Math.min(SHARED_PIXELS, pixels / 2));
  const medians: number[] = [];
  for (let band = 0; band < bands; band++) {
    const differences: number[] = [];
    for (let at = band * pixels; at < (band + 1) * pixels; at++) {
      const difference = differenceOf(from.dn[at]!, to.dn[at]!);
      if (difference !== null) differences.push(difference);
    }
    if (differences.length >= enough) medians.push(median(differences));
  }
  return medians.length >= Math.min(LEAST_BANDS, bands) ? medians : null;
}

/** Null where a pixel is not clear on both dates, or too dark to tell. */
function differenceOf(before: number, after: number): number | null {
  if (before === 0 || after === 0) return null;
  if (before > DARKEST_DN && after > DARKEST_DN) return after - before;
  const other = Math.max(before, after);
  if (other < GROUND_DN || other > OFFSET_DN + TOLERANCE_DN) return null;
  return before > after ? -OFFSET_DN : OFFSET_DN;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** Steps named in full; a series with more has one cause. */
const MOST_NAMED = 4;

/** What people should know of the steps, in words; null where there is none. */
export function stepNotice(steps: readonly OffsetStep[]): string | null {
  if (steps.length === 0) return null;
  const named = steps.slice(0, MOST_NAMED).map(({ from, to, dn }) => {
    const sign = dn > 0 ? '+' : '';
    return `${sign}${Math.round(dn)} from ${described(from)} to ${described(to)}`;
  });
  const more = steps.length > MOST_NAMED ? `; and ${steps.length - MOST_NAMED} more` : '';
  return (
    `All bands step by about ${OFFSET_DN} DN between neighbouring dates, as if the producer's offset were in one of ` +
    `them and not in the other: ${named.join('; ')}${more}. Set the offset by hand if the map looks wrong.`
  );
}

/** `2022-02-01 (S2A_33UVR_20220201_0_L2A, 0 added)` */
function described({ date, sceneIds, offset, sceneOffsets }: DateSample['record']): string {
  const scenes = sceneIds.map((id, at) => `${id}, ${(sceneOffsets?.[at] ?? offset).addDn} added`);
  return `${date} (${scenes.join('; ')})`;
}
