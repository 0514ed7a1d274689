import { findObjects, principalAxes } from '../objects';
import { isObscured, NO_DATA } from './clarity';
import type { TileRect } from './pixel-store';
import type { SeriesDate, SeriesObjects, TimeSeries } from './types';

/** Dates that objects are found from: enough that every crop stands out on some, few enough to read twice. */
const MOST_DATES = 12;
/** A date has to show this share of the window to help; the clearest few are taken whatever they show. */
const LEAST_CLEAR = 0.8;
const LEAST_DATES = 3;

/** Directions of greatest spread that are kept. More hold noise rather than outlines. */
const AXES = 8;
/** Pixels from which the directions are found. */
const SAMPLE = 4096;

/** Rows read at once: a row of blocks in the scratch file. */
const STRIP_ROWS = 64;

/** What joining two objects may cost, in the units of `findObjects`. Chosen on simulated scenes (docs/decisions). */
const MOST_COST = 64;

/**
 * Objects of a series: pixels that went through the season alike. Dates that are clear and spread over the season are
 * reduced to the directions of their greatest spread, in which neighbours are joined. Memory does not grow with the dates:
 * a number a pixel for each direction, then the graph, beside a strip of all dates. The same series gives the same objects.
 * @throws the signal's reason
 */
export async function seriesObjects(series: TimeSeries, signal: AbortSignal): Promise<SeriesObjects> {
  const { columns, rows } = series.grid;
  const dates = clearOfEachStretch(series.dates);
  const planes = await projected(series, dates, signal);
  signal.throwIfAborted();
  const { ids, count } = findObjects(planes, columns, rows, MOST_COST);
  return { ids, count, dates: dates.map(({ date }) => date) };
}

/** The clearest date of each twelfth of the season, where that is clear enough. */
function clearOfEachStretch(dates: readonly SeriesDate[]): readonly SeriesDate[] {
  const clear = ({ cloudShare, nodataShare }: SeriesDate): number => 1 - cloudShare - nodataShare;
  const byClarity = [...dates].sort((a, b) => clear(b) - clear(a) || a.day - b.day);
  const [first, last] = [dates[0]!.day, dates.at(-1)!.day];
  const stretch = ({ day }: SeriesDate): number => Math.floor(((day - first) * MOST_DATES) / (last - first + 1));
  const chosen = new Map<number, SeriesDate>();
  for (const date of byClarity) {
    if (clear(date) >= LEAST_CLEAR && !chosen.has(stretch(date))) chosen.set(stretch(date), date);
  }
  const taken = chosen.size < LEAST_DATES ? byClarity.slice(0, LEAST_DATES) : [...chosen.values()];
  return taken.sort((a, b) => a.day - b.day);
}

/** [AXES, rows, columns]: the pixels of the dates along the directions of their greatest spread. */
async function projected(series: TimeSeries, dates: readonly SeriesDate[], signal: AbortSignal): Promise<Float32Array> {
  const { columns, rows } = series.grid;
  const { length: bands } = series.bands;
  const size = columns * rows;
  const features = dates.length * bands;
  const step = Math.max(1, Math.floor(size / SAMPLE)) | 1;
  const sample = new Float32Array(Math.ceil(size / step) * features).fill(NaN);
  await eachPixel(series, dates, signal, ({ pixel, nth, from, dn, at, plane }) => {
    if (pixel % step !== 0 || from !== nth) return;
    const to = (pixel / step) * features + nth * bands;
    for (let band = 0; band < bands; band++) sample[to + band] = dn[band * plane + at]!;
  });
  const { means, factors } = standardise(sample, features, bands);
  const axes = principalAxes(sample, features, AXES);
  const planes = new Float32Array(AXES * size);
  await eachPixel(series, dates, signal, ({ pixel, nth, from, dn, at, plane }) => {
    for (let band = 0; band < bands; band++) {
      const feature = nth * bands + band;
      const value = (dn[band * plane + at]! - means[from * bands + band]!) * factors[band]!;
      for (let axis = 0; axis < axes.length; axis++) planes[axis * size + pixel]! += value * axes[axis]![feature]!;
    }
  });
  return planes;
}

interface Seen {
  /** Pixel of the window, and the date that is meant. */
  pixel: number;
  nth: number;
  /** The date that is taken for it, and its DN [bands, plane] of a strip, in which the pixel is number `at`. */
  from: number;
  dn: Uint16Array;
  at: number;
  plane: number;
}

/**
 * Calls for each pixel and date. Where the pixel is obscured or missing, the nearest date on which it is clear stands in, so
 * that the edge of a cloud is no edge; a pixel without any is passed over, as if it were the mean.
 */
async function eachPixel(
  { grid, pixels }: TimeSeries,
  dates: readonly SeriesDate[],
  signal: AbortSignal,
  visit: (seen: Seen) => void,
): Promise<void> {
  const { columns, rows } = grid;
  const nearest = dates.map(({ day }) =>
    [...dates.keys()].sort((a, b) => Math.abs(dates[a]!.day - day) - Math.abs(dates[b]!.day - day)),
  );
  // One record for all calls: there are as many as pixels of all dates.
  const seen: Seen = { pixel: 0, nth: 0, from: 0, dn: new Uint16Array(0), at: 0, plane: 0 };
  for (let row = 0; row < rows; row += STRIP_ROWS) {
    const strip: TileRect = { column: 0, row, columns, rows: Math.min(STRIP_ROWS, rows - row) };
    seen.plane = columns * strip.rows;
    const looks: { readonly dn: Uint16Array; readonly scl: Uint8Array }[] = [];
    for (const { date } of dates) {
      signal.throwIfAborted();
      const dn = await pixels.read(date, strip);
      looks.push({ dn, scl: (await pixels.history(date, row * columns, seen.plane)).scl });
    }
    const isClear = (date: number): boolean => {
      const code = looks[date]!.scl[seen.at]!;
      return code !== NO_DATA && !isObscured(code);
    };
    for (seen.at = 0; seen.at < seen.plane; seen.at++) {
      seen.pixel = row * columns + seen.at;
      for (seen.nth = 0; seen.nth < dates.length; seen.nth++) {
        const from = isClear(seen.nth) ? seen.nth : nearest[seen.nth]!.find(isClear);
        if (from === undefined) continue;
        seen.from = from;
        seen.dn = looks[from]!.dn;
        visit(seen);
      }
    }
  }
}

/**
 * Takes the mean from each feature of [count, features] and gives all bands the same spread over the dates, so that a bright
 * band does not outweigh the others, while a date with more contrast does; NaN becomes the mean.
 */
function standardise(
  sample: Float32Array,
  features: number,
  bands: number,
): { readonly means: Float64Array; readonly factors: Float64Array } {
  const means = new Float64Array(features);
  const squares = new Float64Array(bands);
  const counts = new Float64Array(bands);
  for (let feature = 0; feature < features; feature++) {
    let [sum, count] = [0, 0];
    for (let at = feature; at < sample.length; at += features) {
      if (Number.isNaN(sample[at])) continue;
      sum += sample[at]!;
      count++;
    }
    means[feature] = count === 0 ? 0 : sum / count;
    for (let at = feature; at < sample.length; at += features) {
      sample[at] = Number.isNaN(sample[at]) ? 0 : sample[at]! - means[feature]!;
      squares[feature % bands]! += sample[at]! ** 2;
    }
    counts[feature % bands]! += count;
  }
  const factors = squares.map((sum, band) => (sum === 0 ? 0 : Math.sqrt(counts[band]! / sum)));
  for (let at = 0; at < sample.length; at++) sample[at]! *= factors[at % bands]!;
  return { means, factors };
}
