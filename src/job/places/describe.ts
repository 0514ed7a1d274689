import type { GridWindow } from '../../geo';
import type { Transport } from '../../net';
import { buildSeries, referenceDate, type SeriesDate, type SeriesProgress } from '../../series';
import { DEFAULT_MAX_CLOUD_SHARE } from '../reading';
import type { ScenePlan } from '../plan';
import { rejectedScenes } from '../report';
import type { JobReport, SceneRequest } from '../types';
import { emptySummary } from './empty-summary';
import { type DateOverWindow, placeRow } from './place-row';
import { quantile } from './quantiles';
import { DAY_ZERO, SERIES_BANDS } from './sample';
import type { PlaceRow } from './types';

/** Of the valid pixels of a band over the window, in DN = reflectance x 10 000; null where there is none. */
export interface BandRange {
  readonly valid: number;
  readonly min: number | null;
  readonly median: number | null;
  readonly max: number | null;
}

export interface DescribedDate {
  readonly date: string;
  /** Days since 1 September of the year before the season. */
  readonly day: number;
  readonly scenes: readonly string[];
  /** Of the first scene. */
  readonly addDn: number;
  readonly offsetRule: string;
  readonly cloudShare: number;
  readonly nodataShare: number;
  readonly bands: Readonly<Record<string, BandRange>>;
}

/** What the product reads over a window, without a network. */
export interface WindowSeries {
  readonly grid: GridWindow;
  readonly dates: readonly DescribedDate[];
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
  readonly notices: readonly string[];
}

export interface DescribeOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly onDate?: (progress: SeriesProgress) => void;
  /** As in `JobRequest`. */
  readonly maxCloudShare?: number;
  readonly offsetOverride?: 0 | -1000;
  /** Where rows of the whole window as one place are wanted, too; told in the order in which dates finish. */
  readonly table?: { readonly clearOnly: boolean; readonly onRow: (row: PlaceRow) => void } | undefined;
}

/**
 * Reads the chosen scenes of a plan over a window, a date at a time.
 * @throws CropError `series/*`; the signal's reason
 */
export async function describeWindow(
  { grid, season }: Pick<SceneRequest, 'grid' | 'season'>,
  plan: ScenePlan,
  { transport, signal, onDate, maxCloudShare = DEFAULT_MAX_CLOUD_SHARE, offsetOverride, table }: DescribeOptions,
): Promise<WindowSeries> {
  const bands = new Map<string, DescribedDate['bands']>();
  const zeros = SERIES_BANDS.map(() => 0);
  const request = {
    ...{ scenes: plan.chosen, grid, maxCloudShare, referenceDate: referenceDate(season, DAY_ZERO) },
    input: { bands: SERIES_BANDS, mean: zeros, std: zeros },
    ...(offsetOverride === undefined ? {} : { offset: offsetOverride }),
  };
  const all = Uint32Array.from({ length: grid.columns * grid.rows }, (_, pixel) => pixel);
  const take = async (date: string, window: DateOverWindow): Promise<void> => {
    bands.set(date, rangesOf(window.dn));
    const row = table && placeRow(all, window, { bands: SERIES_BANDS, clearOnly: table.clearOnly });
    if (row) table.onRow({ id: 'window', date, ...row });
  };
  const summary = await buildSeries(request, { ...{ transport, signal, take }, ...(onDate ? { onDate } : {}) })
    .then((built) => built.summary)
    .catch(emptySummary);
  return {
    grid,
    dates: summary.dates.map((date) => describe(date, bands.get(date.date)!)),
    rejected: rejectedScenes(plan, summary).map(({ id, reason }: JobReport['rejected'][number]) => ({ id, reason })),
    notices: [...plan.notices, ...summary.notices],
  };
}

function describe(
  { date, day, sceneIds, offset, cloudShare, nodataShare }: SeriesDate,
  bands: DescribedDate['bands'],
): DescribedDate {
  return { date, day, scenes: sceneIds, addDn: offset.addDn, offsetRule: offset.rule, cloudShare, nodataShare, bands };
}

function rangesOf(dn: Uint16Array): Record<string, BandRange> {
  const size = dn.length / SERIES_BANDS.length;
  return Object.fromEntries(
    SERIES_BANDS.map((name, band) => [name, rangeOf(dn.slice(band * size, (band + 1) * size).sort())]),
  );
}

/** Pixels that were not seen are 0, and stand at the beginning. */
function rangeOf(sorted: Uint16Array): BandRange {
  const first = sorted.findIndex((dn) => dn > 0);
  if (first < 0) return { valid: 0, min: null, median: null, max: null };
  const valid = sorted.subarray(first);
  return { valid: valid.length, min: valid[0]!, median: quantile(valid, 0.5), max: valid.at(-1)! };
}
