/**
 * Replaces the pixels of dates that are not valid, band by band, linearly in time between the pixel's nearest valid dates
 * before and after; at the ends of the series by the nearest valid one. A pixel without any valid date keeps its values.
 * Works in place, in one pass over the dates.
 * @param days ascending
 * @param dates [bands, pixels] each
 * @param valid [pixels] each, 1 or 0; null where all are valid
 */
export function fillInTime(
  days: readonly number[],
  dates: readonly Float32Array[],
  valid: readonly (Uint8Array | null)[],
): void {
  const size = valid.find((map) => map !== null)?.length;
  if (size === undefined) return;
  /** Last valid date of each pixel so far; -1 before there is one. */
  const last = new Int16Array(size).fill(-1);
  for (let nth = 0; nth < dates.length; nth++) {
    const map = valid[nth];
    for (let pixel = 0; pixel < size; pixel++) {
      if (map?.[pixel] === 0) continue;
      const before = last[pixel]!;
      if (before < nth - 1) fillGap(days, dates, pixel, size, before, nth);
      last[pixel] = nth;
    }
  }
  const end = dates.length;
  for (let pixel = 0; pixel < size; pixel++) {
    const before = last[pixel]!;
    if (before >= 0 && before < end - 1) fillGap(days, dates, pixel, size, before, end);
  }
}

/** Fills a pixel on the dates between two that know it; `before` is -1 and `after` the number of dates where none does. */
function fillGap(
  days: readonly number[],
  dates: readonly Float32Array[],
  pixel: number,
  size: number,
  before: number,
  after: number,
): void {
  const first = dates[before < 0 ? after : before]!;
  const second = dates[after === dates.length ? before : after]!;
  const start = days[before] ?? 0;
  const span = (days[after] ?? 0) - start;
  const isBetween = first !== second;
  for (let nth = before + 1; nth < after; nth++) {
    const share = isBetween ? (days[nth]! - start) / span : 0;
    const date = dates[nth]!;
    for (let at = pixel; at < date.length; at += size) date[at] = first[at]! + (second[at]! - first[at]!) * share;
  }
}
