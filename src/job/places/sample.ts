import { bboxesOverlap, gridToBbox } from '../../geo';
import type { Transport } from '../../net';
import { createHeaderCache } from '../../raster';
import { buildSeries, createSeriesPort, referenceDate } from '../../series';
import { findScenes, type ScenePlan } from '../plan';
import { rejectedScenes } from '../report';
import type { JobReport, SceneRequest } from '../types';
import { emptySummary } from './empty-summary';
import { groupPlaces, type PlaceGroup } from './groups';
import { type DateOverWindow, placeRow } from './place-row';
import { pixelsOf } from './pixels-of';
import type { Place, PlaceRow } from './types';

/** The bands of the long tables and of the networks, in their order. */
export const SERIES_BANDS: readonly string[] = ['B02', 'B03', 'B04', 'B05', 'B06', 'B07', 'B08', 'B8A', 'B11', 'B12'];

/** Day 0 of `day`, as the networks count: 1 September of the year before the season. */
export const DAY_ZERO = { month: 9, day: 1, yearsBeforeSeason: 1 } as const;

/** Files whose headers are remembered from window to window: a season of three tiles. */
const HEADERS_KEPT = 8192;

/** When, from which source, and how. */
export interface SampleRequest extends Omit<SceneRequest, 'grid' | 'title' | 'tiles'> {
  readonly places: readonly Place[];
  /** Whether pixels under cloud, shadow, cirrus and snow count as not valid, too. */
  readonly clearOnly: boolean;
  /**
   * As in `JobRequest`, for the windows that places are read in. All dates are read where left out: a row tells its cloud,
   * and what is read of a place must not hang on its neighbours.
   */
  readonly maxCloudShare?: number;
  readonly offsetOverride?: 0 | -1000;
}

export interface SampleOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Told after each date of each window. */
  readonly onProgress?: (progress: SampleProgress) => void;
}

export interface SampleProgress {
  /** Places that are finished. */
  readonly done: number;
  readonly total: number;
  readonly date: string;
}

/** Rows of the places of one window, by place and date, and what there is to say of it. */
export interface Sampled {
  readonly rows: readonly PlaceRow[];
  /** Scenes that pixels came from. */
  readonly used: readonly string[];
  readonly rejected: JobReport['rejected'];
  readonly notices: readonly string[];
}

/**
 * The season of many places, window by window: places near each other are read together, files are opened once, and
 * memory holds one window's dates at a time, whatever the number of places. A date that did not see a place has no row.
 * @throws CropError `geo/*`, `catalog/*`, `net/*`, `series/scene-unreadable`; the signal's reason
 */
export async function* samplePlaces(request: SampleRequest, options: SampleOptions): AsyncGenerator<Sampled> {
  const { places, ...when } = request;
  const headers = createHeaderCache(HEADERS_KEPT);
  const port = createSeriesPort(options.transport);
  let done = 0;
  for (const region of groupPlaces(places)) {
    const title = `${places.length} places`;
    const plan = await findScenes({ ...when, title, grid: region.grid }, port, options.signal);
    for (const group of region.groups) {
      const onDate = (date: string): void => options.onProgress?.({ done, total: places.length, date });
      yield await sampleGroup(group, plan, request, { ...options, headers }, onDate);
      done += group.places.length;
    }
  }
}

async function sampleGroup(
  { grid, places }: PlaceGroup,
  plan: ScenePlan,
  { season, clearOnly, maxCloudShare = 1, offsetOverride }: SampleRequest,
  options: Pick<SampleOptions, 'transport' | 'signal'> & { readonly headers: ReturnType<typeof createHeaderCache> },
  onDate: (date: string) => void,
): Promise<Sampled> {
  const box = gridToBbox(grid);
  const scenes = plan.chosen.filter(({ bbox }) => bbox === null || bboxesOverlap(bbox, box));
  const pixels = places.map((place) => pixelsOf(place, grid));
  const rows: PlaceRow[][] = places.map(() => []);
  const take = async (date: string, window: DateOverWindow): Promise<void> => {
    places.forEach(({ id }, nth) => {
      const row = placeRow(pixels[nth]!, window, { bands: SERIES_BANDS, clearOnly });
      if (row !== null) rows[nth]!.push({ id, date, ...row });
    });
  };
  const zeros = SERIES_BANDS.map(() => 0);
  const request = {
    ...{ scenes, grid, maxCloudShare, referenceDate: referenceDate(season, DAY_ZERO) },
    input: { bands: SERIES_BANDS, mean: zeros, std: zeros },
    ...(offsetOverride === undefined ? {} : { offset: offsetOverride }),
  };
  const summary = await buildSeries(request, { ...options, take, onDate: ({ date }) => onDate(date) })
    .then((built) => built.summary)
    .catch(emptySummary);
  return {
    rows: rows.flatMap((ofPlace) => ofPlace.sort((a, b) => a.date.localeCompare(b.date))),
    used: summary.dates.flatMap(({ sceneIds }) => sceneIds),
    rejected: rejectedScenes({ ...plan, chosen: scenes }, summary),
    notices: [...plan.notices, ...summary.notices],
  };
}
