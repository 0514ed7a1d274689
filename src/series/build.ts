import type { Scene } from '../catalog';
import { CropError } from '../errors';
import type { GridWindow } from '../geo';
import type { Transport } from '../net';
import { createHeaderCache } from '../raster';
import { type Acquisition, readAcquisition } from './acquisition';
import { daysSince } from './days';
import type { DateCache, InputSpec, SeriesProgress, TimeSeries } from './types';

/** Dates read at once: the second keeps the connections busy while the first is decoded. */
const DATES_AT_ONCE = 2;

/** What `buildSeries` needs besides the scenes. */
export interface BuildOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Asked before a date is read, told after. */
  readonly dates?: DateCache;
  /** Called after each date, in the order in which dates finish. */
  readonly onProgress?: (progress: SeriesProgress) => void;
}

/**
 * Reads a season over a window, 10 m, in the order of `input.bands` (reference spec, sections 1.5 and 1.6).
 * @param scenes chosen scenes, all in the CRS of `grid`; scenes of one day become one date
 * @param referenceDate day 0, YYYY-MM-DD
 * @returns dates ascending; days on which the window has no data are left out
 * @throws CropError `series/scene-unreadable`, `series/no-data`
 */
export async function buildSeries(
  scenes: readonly Scene[],
  grid: GridWindow,
  input: InputSpec,
  referenceDate: string,
  { transport, signal, dates, onProgress }: BuildOptions,
): Promise<TimeSeries> {
  const days = groupByDay(scenes);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const context = { grid, bands: input.bands, transport, headers: createHeaderCache(), signal: either };
  const read: (Acquisition | null)[] = new Array<Acquisition | null>(days.length).fill(null);
  let next = 0;
  let done = 0;

  async function work(): Promise<void> {
    while (next < days.length) {
      const index = next++;
      either.throwIfAborted();
      const [date, ofDay] = days[index]!;
      const key = { scenes: ofDay, grid, bands: input.bands };
      const kept = await dates?.get(key, either);
      read[index] = kept === undefined ? await readAcquisition(ofDay, context) : kept;
      if (kept === undefined) await dates?.put(key, read[index], either);
      done++;
      onProgress?.({ done, total: days.length, date, ...transport.traffic() });
    }
  }

  try {
    await Promise.all(Array.from({ length: DATES_AT_ONCE }, work));
  } catch (error) {
    stop.abort();
    signal.throwIfAborted();
    throw error;
  }

  const kept = read.filter((acquisition) => acquisition !== null);
  if (kept.length === 0) throw new CropError('series/no-data', { dates: days.length });
  return {
    grid,
    bands: input.bands,
    dates: kept.map(({ record }) => ({ ...record, day: daysSince(referenceDate, record.date) })),
    dn: kept.map(({ dn }) => dn),
    scl: kept.map(({ scl }) => scl),
  };
}

function groupByDay(scenes: readonly Scene[]): [date: string, scenes: Scene[]][] {
  const days = new Map<string, Scene[]>();
  for (const scene of scenes) days.set(scene.date, [...(days.get(scene.date) ?? []), scene]);
  return [...days].sort(([a], [b]) => a.localeCompare(b));
}
