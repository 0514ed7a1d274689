import { fillOrder, type Scene } from '../catalog';
import { CropError, isCropError } from '../errors';
import type { Transport } from '../net';
import { createHeaderCache, type HeaderCache } from '../raster';
import type { OpenScratch } from '../store';
import { type Acquisition, readAcquisition, skippedFor } from './acquisition';
import { createBandMedians } from './band-medians';
import { daysSince } from './days';
import { packDateNdvi } from './history';
import { createLosses, type Day, lossNotice } from './losses';
import { type DateSample, offsetSteps, sampleDate, stepNotice } from './offset-steps';
import { createPixelStore, type DatePixels, type PixelStore } from './pixel-store';
import { createSavings } from './savings';
import { createSourceHealth } from './source-health';
import type {
  DateCache,
  SeriesDate,
  SeriesProgress,
  SeriesRequest,
  SeriesSummary,
  SkippedDate,
  TimeSeries,
} from './types';

/** Dates read at once: the second keeps the connections busy while the first is decoded. */
const DATES_AT_ONCE = 2;

/** What `buildSeries` needs besides the request. */
export interface BuildOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Asked before a date is read, told after. */
  readonly dates?: DateCache;
  /** Called with each date as soon as it is there, in the order in which dates finish. */
  readonly onDate?: (progress: SeriesProgress) => void;
  /** Called before anything is read, with where the pixels of each finished date are going to be. */
  readonly onPixels?: (pixels: PixelStore) => void;
  /** Takes the pixels of each date over, the arrays too; without it they are kept, and lie in `series.pixels`. */
  readonly take?: (date: string, pixels: Pick<DatePixels, 'dn' | 'scl'>) => Promise<void>;
  /** Headers of earlier windows of the same files. */
  readonly headers?: HeaderCache;
  /** Where pixels go that memory has no room for; without it all stay in memory. */
  readonly openScratch?: OpenScratch;
  /** Bytes of pixels kept in memory. */
  readonly memoryBytes?: number;
}

/**
 * Reads a season over a window, 10 m, in the order of `input.bands` (reference spec, sections 1.5 and 1.6).
 * A day that no source delivers is tried once more when the others are read, then left out with a notice; many of them
 * end the run, and what has been read stays with `options.dates`.
 * The caller disposes of `series.pixels`.
 * @throws CropError `series/scene-unreadable`, `series/no-data`, `series/all-obscured`
 */
export async function buildSeries(
  request: SeriesRequest,
  options: BuildOptions,
): Promise<{ readonly series: TimeSeries; readonly summary: SeriesSummary }> {
  const { grid, input } = request;
  const { transport, signal, onDate } = options;
  const days = groupByDay(request.scenes);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const health = createSourceHealth();
  const savings = createSavings(transport);
  const pixels = createPixelStore({ layout: { bands: input.bands.length, grid }, ...options });
  options.onPixels?.(pixels);
  const maxCloudShare = request.maxCloudShare ?? 1;
  const offset = request.offset === undefined ? {} : { offset: request.offset };
  const context = {
    ...{ grid, bands: input.bands, transport, headers: options.headers ?? createHeaderCache(), signal: either },
    ...{ health, maxCloudShare, ...offset },
  };
  const medians = createBandMedians(input.bands.length);
  const finished: SeriesDate[] = [];
  const samples: DateSample[] = [];
  const skipped: SkippedDate[] = [];
  const losses = createLosses(days.length);
  let queue: readonly Day[] = days;
  let next = 0;
  let again = false;
  let done = 0;

  /** A day from the cache or from its scenes; null where the series does without it. */
  async function dateOf(scenes: readonly Scene[]): Promise<Acquisition | null> {
    const key = { scenes, grid, bands: input.bands, ...offset };
    const kept = await options.dates?.get(key, either);
    if (kept !== undefined) return kept === null ? null : unlessPoor(kept);
    const meter = savings.meter();
    const day = await readAcquisition(scenes, { ...context, bandTransport: meter.transport });
    if (day.kind === 'skipped') skipped.push(day.skipped);
    else await options.dates?.put(key, day.kind === 'read' ? day.date : null, either);
    if (day.kind !== 'read') return null;
    meter.read();
    return unlessPoor(day.date);
  }

  /** The date; null where it shows too little ground after all: kept for a laxer run, or seen only by its bands. */
  function unlessPoor(date: Acquisition): Acquisition | null {
    const poor = skippedFor(date.record, maxCloudShare);
    if (poor !== null) skipped.push(poor);
    return poor === null ? date : null;
  }

  async function readDay(scenes: readonly Scene[]): Promise<SeriesDate | null> {
    const date = await dateOf(scenes);
    if (date === null) return null;
    const record = { ...date.record, day: daysSince(request.referenceDate, date.record.date) };
    samples.push(sampleDate(record, date.dn, date.scl));
    medians.add(date.dn, date.scl);
    if (options.take) await options.take(record.date, { dn: date.dn, scl: date.scl });
    else await pixels.put(record.date, { dn: date.dn, ndvi: packDateNdvi(date.dn, input.bands), scl: date.scl });
    finished.push(record);
    return record;
  }

  /** Null where the series does without the day. */
  async function readOrLose(day: Day): Promise<SeriesDate | null | 'lost'> {
    try {
      return await readDay(day.scenes);
    } catch (error) {
      if (!isCropError(error, 'series/scene-unreadable') || either.aborted) throw error;
      losses.add(day, error, done);
      if (losses.tooMany()) throw error;
      return 'lost';
    }
  }

  async function work(): Promise<void> {
    while (next < queue.length) {
      either.throwIfAborted();
      const day = queue[next++]!;
      const { date, scenes } = day;
      const files = scenes.flatMap(({ assets }) => Object.values(assets));
      // Of two dates under way the earlier one is finished first, instead of both late.
      transport.rank?.(files, next);
      const result = await readOrLose(day).finally(() => transport.rank?.(files, null));
      // A day that will be tried again is not dealt with.
      if (again || result !== 'lost') done++;
      onDate?.({
        ...{ done, total: days.length, date, finished: result === 'lost' ? null : result },
        ...{ skipped: skipped.length, unread: losses.count(), savedBytes: savings.of(skipped.length) },
        ...transport.traffic(),
      });
    }
  }

  let workers: Promise<void>[] = [];
  async function workThrough(some: readonly Day[]): Promise<void> {
    [queue, next] = [some, 0];
    workers = Array.from({ length: DATES_AT_ONCE }, work);
    await Promise.all(workers);
  }

  try {
    await workThrough(days);
    const failure = losses.first();
    if (failure !== null && finished.length === 0) throw failure;
    again = true;
    await workThrough(losses.takeAll());
    if (finished.length === 0) throw nothingToSee(days.length, skipped);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(workers);
    await pixels.dispose();
    signal.throwIfAborted();
    throw error;
  }

  const dates = finished.sort((a, b) => a.day - b.day);
  const unread = losses.unread();
  const steps = stepNotice(offsetSteps(samples));
  const notices = [...health.notices(), lossNotice(unread), steps, pixels.complaint()].filter(
    (notice) => notice !== null,
  );
  return {
    series: { grid, bands: input.bands, dates, pixels },
    summary: {
      dates,
      skipped: skipped.sort((a, b) => a.date.localeCompare(b.date)),
      unread,
      savedBytes: savings.of(skipped.length),
      bandMedians: medians.read(),
      notices,
    },
  };
}

function nothingToSee(days: number, skipped: readonly SkippedDate[]): CropError {
  if (skipped.length === 0) return new CropError('series/no-data', { dates: days });
  return new CropError('series/all-obscured', { dates: days, skipped: skipped.length });
}

function groupByDay(scenes: readonly Scene[]): Day[] {
  const days = new Map<string, Scene[]>();
  for (const scene of scenes) days.set(scene.date, [...(days.get(scene.date) ?? []), scene]);
  return [...days]
    .map(([date, all]) => ({ date, scenes: fillOrder(all) }))
    .sort((a, b) => a.date.localeCompare(b.date));
}
