import { CropError, isCropError } from '../errors';
import {
  createMapArrays,
  type FeatureRef,
  latticeOrigin,
  planTiles,
  type ReadyEngine,
  scopeOfDates,
  softmaxToBytes,
  stitch,
  type TilePlacement,
  type TileRun,
  withFallback,
} from '../segment';
import { isThin, needsWholeSeries, seenUntil, type SeriesDate } from '../series';
import { classAreas } from './areas';
import { clearUncovered } from './clear-uncovered';
import { createMeter, type Meter } from './meter';
import { planScenes } from './plan';
import { type JobOptions, type JobPorts, seriesRequest } from './run';
import type { SegmentedMap } from './segment-stage';
import { fitsBudget } from './streaming';
import { subsetsUsed } from './subsets-used';
import type { CropMap } from './types';

/** Objects show fields as the whole season drew them, which nobody knew on the day. */
const NOT_SMOOTHED = 'Each pixel stands by itself here: objects can be found only once the season is over.';

/** Draws a map again from a part of its dates. */
interface Redraw {
  readonly map: CropMap;
  /** The dates to be used, ascending; at least one. */
  readonly dates: readonly SeriesDate[];
  readonly model: ReadyEngine;
  readonly ports: JobPorts;
  readonly meter: Meter;
  readonly signal: AbortSignal;
}

/**
 * A finished map as it would have been on a day: from its dates up to `until` (YYYY-MM-DD) only. Where the features of
 * the map are still kept nothing is read and nothing is encoded; for tiles whose features are gone, and for networks whose
 * dates depend on each other, the dates are read again, mostly from the caches. The ports may be used for several days, one after the other.
 * @throws CropError `job/nothing-until`, `job/model-changed`, `job/dates-gone`, those of reading and of running the
 * network; the signal's reason when cancelled
 */
export async function mapUntil(map: CropMap, until: string, ports: JobPorts, options: JobOptions): Promise<CropMap> {
  const { signal } = options;
  const meter = createMeter(options.onProgress, options.onPreview);
  const dates = map.report.dates.filter(({ date }) => date <= until);
  if (dates.length === 0) throw new CropError('job/nothing-until', { until });
  const steady = withFallback(ports.segment);
  const model = await meter.timed('model', () => steady.load(map.report.request.modelUrl, signal, () => undefined));
  if (model.cardSha256 !== map.report.model.cardSha256) throw new CropError('job/model-changed');
  const before = await steady.encodings();
  const redraw = { map, dates, model, ports: { ...ports, segment: steady }, meter, signal };
  const { canvas, features, dateSubsets } = await meter.timed('segment', () => drawTiles(redraw));
  const { labels, probabilities } = canvas;
  if (map.history !== null) clearUncovered(canvas, await seenUntil(map.history, labels.length, until, signal));
  meter.traffic('segment', await ports.segment.traffic());
  const after = await steady.encodings();
  const { objects, ...whole } = map.report;
  const notSmoothed = objects === undefined ? [] : [NOT_SMOOTHED];
  const report = {
    ...whole,
    ...meter.totals(),
    ...{ created: new Date().toISOString(), until, dates },
    areas: classAreas(labels, map.grid.pixelMetres, map.card.classes),
    encodings: { encoded: after.encoded - before.encoded, kept: after.kept - before.kept },
    dateSubsets,
    ...outsideUntil(map, dates, [...steady.notices(), ...notSmoothed]),
  };
  return { ...map, labels, probabilities, features, report };
}

/** What is told of the dates holds for fewer of them; the rest of where the network was not trained stays. */
function outsideUntil(
  { card, report }: CropMap,
  dates: readonly SeriesDate[],
  added: readonly string[],
): Pick<CropMap['report'], 'outsideTraining' | 'notices'> {
  const before = report.outsideTraining ?? [];
  const stays = before.filter(({ aspect }) => aspect !== 'dates');
  const gone = new Set(before.filter(({ aspect }) => aspect === 'dates').map(({ message }) => message));
  const found = scopeOfDates(
    card,
    dates.map(({ date }) => ({ date, platform: null })),
    report.request.dateSubsets,
  );
  const notices = report.notices.filter((notice) => !gone.has(notice));
  return {
    outsideTraining: [...stays, ...found],
    notices: [...notices, ...added, ...found.map(({ message }) => message)],
  };
}

async function drawTiles({ map, dates, model, ports, meter, signal }: Redraw): Promise<SegmentedMap> {
  const { grid, card } = map;
  const { tileSize, margin } = card.input;
  const { dateSubsets } = map.report.request;
  const tiles = planTiles(grid.columns, grid.rows, tileSize, margin, latticeOrigin(grid));
  const canvas = createMapArrays(grid.columns, grid.rows, card.classes.length);
  const features: (readonly FeatureRef[])[] = [];
  const subsets: number[] = [];
  const last = dates.at(-1)!.day;
  const keep = fitsBudget(model, tiles, dates.length);
  let read: Promise<void> | null = null;

  async function again({ column, row, columns, rows }: TilePlacement): Promise<TileRun> {
    await (read ??= readAgain({ map, dates, model, ports, meter, signal }));
    const tile = await ports.series.tile(column, row, columns, rows, signal);
    return ports.segment.run(tile, signal, () => undefined, { keep, dateSubsets });
  }

  /** Whether what is kept of a tile is what these dates alone would have given. */
  const holds = (kept: readonly FeatureRef[]): boolean =>
    !needsWholeSeries(card.input) && !isThin(card.input, kept.length, dates.length);

  for (const [at, placement] of tiles.entries()) {
    const kept = map.features?.[at]?.filter(({ day }) => day <= last);
    const known = kept && holds(kept) ? await recalled(ports, kept, placement, dateSubsets, signal) : null;
    const scores = known ?? (await again(placement));
    stitch(canvas, softmaxToBytes(scores), placement);
    features[at] = scores.features;
    subsets[at] = scores.dateSubsets;
    meter.report({ stage: 'segment', done: at + 1, total: tiles.length, note: `Tile ${at + 1} of ${tiles.length}` });
    meter.preview({ grid, card, labels: canvas.labels.slice() });
  }
  return { canvas, features: map.features && features, dateSubsets: subsetsUsed(subsets) };
}

/** Null where features of the tile are gone. */
async function recalled(
  { segment }: JobPorts,
  kept: readonly FeatureRef[],
  size: TilePlacement,
  dateSubsets: number | undefined,
  signal: AbortSignal,
): Promise<TileRun | null> {
  try {
    return await segment.recall(kept, { rows: size.rows, columns: size.columns }, signal, dateSubsets);
  } catch (error) {
    if (isCropError(error, 'segment/features-lost')) return null;
    throw error;
  }
}

/** Reads the dates of the map once more; all of them must come. */
async function readAgain({ map, dates, ports, meter, signal }: Redraw): Promise<void> {
  const { request } = map.report;
  const wanted = new Set(dates.map(({ date }) => date));
  const { chosen } = await meter.timed('search', () => planScenes(request, ports.series, signal));
  const scenes = chosen.filter(({ date }) => wanted.has(date));
  const summary = await meter.timed('read', () =>
    ports.series.build(seriesRequest(request, scenes, map.card), signal, (progress) => {
      const { done, total, date } = progress;
      meter.traffic('series', progress);
      meter.report({ stage: 'read', done, total, note: `${done} of ${total} dates read, last ${date}` });
    }),
  );
  for (const { date } of summary.dates) wanted.delete(date);
  if (wanted.size > 0) throw new CropError('job/dates-gone', { dates: [...wanted].join(', ') });
}
