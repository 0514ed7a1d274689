import type { Scene } from '../catalog';
import { referenceDate, type SeriesPort, type SeriesProgress, type SeriesRequest, type SeriesSummary } from '../series';
import {
  type ModelCard,
  type ReadyEngine,
  scopeOfDates,
  scopeOfPlace,
  type SegmentPort,
  withFallback,
} from '../segment';
import { clearUncovered } from './clear-uncovered';
import { createMeter, type Meter } from './meter';
import { planScenes, type ScenePlan, sourcesOf } from './plan';
import { DEFAULT_MAX_CLOUD_SHARE } from './reading';
import { describeJob, type ReadyModel } from './report';
import { smoothByObjects } from './smooth';
import { createSegmentStage, type SegmentedMap, type SegmentStage } from './segment-stage';
import type { CropMap, JobProgress, JobRequest, MapPreview } from './types';

/** The two halves of the pipeline, wherever they run. The caller owns and disposes them. */
export interface JobPorts {
  readonly series: SeriesPort;
  readonly segment: SegmentPort;
}

export interface JobOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  /** Told now and then, while the map is made, what it looks like so far. */
  readonly onPreview?: (map: MapPreview) => void;
  /** Peak resident memory in megabytes, where the platform can tell. */
  readonly peakMemoryMb?: () => number | null;
  /** Whether the map carries what each pixel did over the season; yes where left out. */
  readonly histories?: boolean;
}

const BYTES_PER_MEGABYTE = 1e6;

/**
 * One request carried through the whole house: search and model side by side, then dates, then tiles.
 * @throws CropError of any stage; the signal's reason when cancelled
 */
export async function runJob(request: JobRequest, ports: JobPorts, options: JobOptions): Promise<CropMap> {
  const meter = createMeter(options.onProgress, options.onPreview);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const steady = withFallback(ports.segment);
  try {
    const [choice, model] = await Promise.all([
      search(request, ports.series, meter, signal),
      load(request, steady, meter, signal),
    ]);
    warn(request, choice, model.card, meter);
    const dates = new Set(choice.chosen.map(({ date }) => date)).size;
    const { grid, dateSubsets } = request;
    const stage = createSegmentStage({
      ...{ grid, model, dates, series: ports.series, segment: steady, dateSubsets, meter, signal },
    });
    const summary = await read(request, choice.chosen, model.card, ports.series, stage, meter, signal);
    const segmented = await meter.timed('segment', () => stage.finish(summary.dates.length));
    const notices = [...model.notices, ...steady.notices()];
    return await finish(request, choice, { ...model, notices }, summary, segmented, ports, meter, options);
  } catch (error) {
    // Whatever still runs for this job has no one left to use it.
    stop.abort();
    throw error;
  }
}

async function search(request: JobRequest, series: SeriesPort, meter: Meter, signal: AbortSignal): Promise<ScenePlan> {
  return meter.timed('search', async () => {
    meter.report({
      stage: 'search',
      done: 0,
      total: 1,
      note: `Searching ${sourcesOf(request)
        .map(({ title }) => title)
        .join(', ')}`,
    });
    const choice = await planScenes(request, series, signal);
    meter.traffic('series', await series.traffic());
    const { length: chosen } = choice.chosen;
    meter.report({
      stage: 'search',
      done: 1,
      total: 1,
      note: `${chosen} scenes chosen, ${choice.rejected.length} left out`,
      notices: choice.notices,
    });
    return choice;
  });
}

async function load(
  request: JobRequest,
  segment: SegmentPort,
  meter: Meter,
  signal: AbortSignal,
): Promise<ReadyEngine> {
  return meter.timed('model', async () => {
    meter.report({ stage: 'model', done: 0, total: 1, note: 'Loading the model' });
    const model = await segment.load(request.modelUrl, signal, (done, total) => {
      const goesOn = done >= total;
      meter.report({ stage: 'model', done, total, goesOn, note: goesOn ? 'Testing the model' : 'Loading the model' });
    });
    meter.traffic('segment', await segment.traffic());
    meter.report({
      stage: 'model',
      done: 1,
      total: 1,
      note: `${model.card.title} ready on ${model.golden.description}`,
    });
    return model;
  });
}

/** Says before anything is read where the model was not trained. */
function warn(request: JobRequest, { chosen, notices }: ScenePlan, card: ModelCard, meter: Meter): void {
  const outside = [...scopeOfPlace(card, request), ...scopeOfDates(card, chosen, request.dateSubsets)].map(
    ({ message }) => message,
  );
  if (outside.length === 0) return;
  const note = `${card.title} was not trained for all of this`;
  meter.report({ stage: 'model', done: 1, total: 1, note, notices: [...notices, ...outside] });
}

async function read(
  request: JobRequest,
  scenes: readonly Scene[],
  card: ModelCard,
  series: SeriesPort,
  stage: SegmentStage,
  meter: Meter,
  signal: AbortSignal,
): Promise<SeriesSummary> {
  return meter.timed('read', async () => {
    meter.report({ stage: 'read', done: 0, total: scenes.length, note: 'Reading the first dates' });
    return series.build(seriesRequest(request, scenes, card), signal, (progress) => {
      meter.traffic('series', progress);
      const { done, total, finished, skipped, savedBytes } = progress;
      if (finished !== null) stage.take(finished);
      const date = finished === null ? {} : { date: finished };
      meter.report({
        stage: 'read',
        done,
        total,
        note: readNote(progress),
        skippedDates: skipped,
        savedBytes,
        ...date,
      });
    });
  });
}

/** What is read of the scenes of a request for a model. */
export function seriesRequest(request: JobRequest, scenes: readonly Scene[], card: ModelCard): SeriesRequest {
  const { grid, maxCloudShare = DEFAULT_MAX_CLOUD_SHARE, offsetOverride: offset } = request;
  const day0 = referenceDate(request.season, card.input.dateReference);
  const what = { scenes, grid, input: card.input, referenceDate: day0, maxCloudShare };
  return offset === undefined ? what : { ...what, offset };
}

/** `12 of 48 dates read, last 2018-05-06; 3 too cloudy here, about 93 MB saved; 1 could not be read`. */
function readNote({ done, total, date, skipped, savedBytes, unread }: SeriesProgress): string {
  const saved = savedBytes === null ? '' : `, about ${(savedBytes / BYTES_PER_MEGABYTE).toFixed(1)} MB saved`;
  return [
    `${done} of ${total} dates read, last ${date}`,
    ...(skipped === 0 ? [] : [`${skipped} too cloudy here${saved}`]),
    ...(unread === 0 ? [] : [`${unread} could not be read`]),
  ].join('; ');
}

async function finish(
  request: JobRequest,
  choice: ScenePlan,
  model: ReadyModel,
  summary: SeriesSummary,
  { canvas, features, dateSubsets }: SegmentedMap,
  ports: JobPorts,
  meter: Meter,
  options: JobOptions,
): Promise<CropMap> {
  const { signal, histories = true } = options;
  const [history, objects] = await meter.timed('finish', async () => {
    meter.report({ stage: 'finish', done: 0, total: 1, note: 'Counting areas' });
    clearUncovered(canvas, await ports.series.coverage(signal));
    if (request.smoothing === 'objects') {
      meter.report({ stage: 'finish', done: 0, total: 1, note: 'Finding objects' });
    }
    const found = request.smoothing === 'objects' ? await smoothByObjects(canvas, ports.series, signal) : undefined;
    return [histories ? await ports.series.histories(signal) : null, found] as const;
  });
  meter.traffic('series', await ports.series.traffic());
  meter.traffic('segment', await ports.segment.traffic());
  const { labels, probabilities } = canvas;
  const encodings = await ports.segment.encodings();
  const report = describeJob({
    ...{ request, choice, model, summary, labels, encodings, dateSubsets, totals: meter.totals() },
    ...(objects && { objects }),
    peakMemoryMb: options.peakMemoryMb?.() ?? null,
  });
  meter.report({ stage: 'finish', done: 1, total: 1, note: 'Done' });
  return { grid: request.grid, card: model.card, labels, probabilities, history, features, report };
}
