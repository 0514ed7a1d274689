import { type Scene, type SceneChoice } from '../catalog';
import { NODATA_LABEL } from '../crops';
import {
  coverage,
  referenceDate,
  type PackedHistory,
  type SeriesDate,
  type SeriesPort,
  type SeriesTile,
} from '../series';
import {
  createMapArrays,
  type GoldenCheck,
  type MapArrays,
  type ModelCard,
  planTiles,
  type SegmentPort,
  softmaxToBytes,
  stitch,
} from '../segment';
import { classAreas } from './areas';
import { createMeter, type Meter } from './meter';
import { planScenes } from './plan';
import type { CropMap, JobProgress, JobReport, JobRequest } from './types';
import { VERSION } from './version';

/** The two halves of the pipeline, wherever they run. The caller owns and disposes them. */
export interface JobPorts {
  readonly series: SeriesPort;
  readonly segment: SegmentPort;
}

export interface JobOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  /** Peak resident memory in megabytes, where the platform can tell. */
  readonly peakMemoryMb?: () => number | null;
}

interface ReadyModel {
  readonly card: ModelCard;
  readonly cardSha256: string;
  readonly golden: GoldenCheck;
}

/**
 * One request carried through the whole house: search and model side by side, then dates, then tiles.
 * @throws CropError of any stage; the signal's reason when cancelled
 */
export async function runJob(request: JobRequest, ports: JobPorts, options: JobOptions): Promise<CropMap> {
  const meter = createMeter(options.onProgress);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    const [choice, model] = await Promise.all([
      search(request, ports.series, meter, signal),
      load(request, ports.segment, meter, signal),
    ]);
    const dates = await read(request, choice.chosen, model.card, ports.series, meter, signal);
    const canvas = await segment(request, dates.length, model.card, ports, meter, signal);
    return await finish(request, choice, model, dates, canvas, ports, meter, options);
  } catch (error) {
    // Whatever still runs for this job has no one left to use it.
    stop.abort();
    throw error;
  }
}

async function search(
  request: JobRequest,
  series: SeriesPort,
  meter: Meter,
  signal: AbortSignal,
): Promise<SceneChoice> {
  return meter.timed('search', async () => {
    meter.report({ stage: 'search', done: 0, total: 1, note: `Searching ${request.source.title}` });
    const choice = await planScenes(request, series, signal);
    meter.traffic('series', await series.traffic());
    const { length: chosen } = choice.chosen;
    meter.report({
      stage: 'search',
      done: 1,
      total: 1,
      note: `${chosen} scenes chosen, ${choice.rejected.length} left out`,
    });
    return choice;
  });
}

async function load(request: JobRequest, segment: SegmentPort, meter: Meter, signal: AbortSignal): Promise<ReadyModel> {
  return meter.timed('model', async () => {
    meter.report({ stage: 'model', done: 0, total: 1, note: 'Loading the model' });
    const model = await segment.load(request.modelUrl, signal, (done, total) => {
      meter.report({ stage: 'model', done, total, note: done < total ? 'Loading the model' : 'Testing the model' });
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

async function read(
  request: JobRequest,
  scenes: readonly Scene[],
  card: ModelCard,
  series: SeriesPort,
  meter: Meter,
  signal: AbortSignal,
): Promise<readonly SeriesDate[]> {
  return meter.timed('read', async () => {
    meter.report({ stage: 'read', done: 0, total: scenes.length, note: 'Reading the first dates' });
    const day0 = referenceDate(request.season, card.input.dateReference);
    return series.build(scenes, request.grid, card.input, day0, signal, (progress) => {
      meter.traffic('series', progress);
      const { done, total, date } = progress;
      meter.report({ stage: 'read', done, total, note: `${done} of ${total} dates read, last ${date}` });
    });
  });
}

async function segment(
  request: JobRequest,
  dates: number,
  card: ModelCard,
  ports: JobPorts,
  meter: Meter,
  signal: AbortSignal,
): Promise<MapArrays> {
  return meter.timed('segment', async () => {
    const { columns, rows } = request.grid;
    const { tileSize, margin } = card.input;
    const tiles = planTiles(columns, rows, tileSize, margin);
    const canvas = createMapArrays(columns, rows, card.classes.length);
    const cut = (index: number): Promise<SeriesTile> | null => {
      const tile = tiles[index];
      return tile ? ports.series.tile(tile.column, tile.row, tile.columns, tile.rows, signal) : null;
    };
    let upcoming = cut(0);
    for (const [index, placement] of tiles.entries()) {
      const tile = await upcoming!;
      // The next tile is cut while the engine works on this one.
      upcoming = cut(index + 1);
      // A cancelled run leaves this one behind; its rejection has already been told by the awaited call.
      upcoming?.catch(() => undefined);
      if (tile.days.length === 0) continue;
      const scores = await ports.segment.run(tile, signal, (done) => {
        meter.report({
          stage: 'segment',
          done: index * dates + done,
          total: tiles.length * dates,
          note: `Tile ${index + 1} of ${tiles.length}, date ${done} of ${tile.days.length}`,
        });
      });
      stitch(canvas, softmaxToBytes(scores), placement);
    }
    return canvas;
  });
}

async function finish(
  request: JobRequest,
  choice: SceneChoice,
  model: ReadyModel,
  dates: readonly SeriesDate[],
  canvas: MapArrays,
  ports: JobPorts,
  meter: Meter,
  options: JobOptions,
): Promise<CropMap> {
  const history = await meter.timed('finish', async () => {
    meter.report({ stage: 'finish', done: 0, total: 1, note: 'Counting areas' });
    const packed = await ports.series.histories();
    clearUncovered(canvas, packed);
    return packed;
  });
  meter.traffic('series', await ports.series.traffic());
  meter.traffic('segment', await ports.segment.traffic());
  const { labels, probabilities } = canvas;
  const report = describe(request, choice, model, dates, labels, meter, options);
  meter.report({ stage: 'finish', done: 1, total: 1, note: 'Done' });
  return { grid: request.grid, card: model.card, labels, probabilities, history, report };
}

/** A pixel that no date has seen gets no class, whatever the network made of its neighbours. */
function clearUncovered(canvas: MapArrays, history: PackedHistory): void {
  const size = canvas.labels.length;
  coverage(history).forEach((covered, pixel) => {
    if (covered === 1) return;
    canvas.labels[pixel] = NODATA_LABEL;
    for (let at = pixel; at < canvas.probabilities.length; at += size) canvas.probabilities[at] = NODATA_LABEL;
  });
}

function describe(
  request: JobRequest,
  choice: SceneChoice,
  model: ReadyModel,
  dates: readonly SeriesDate[],
  labels: Uint8Array,
  meter: Meter,
  options: JobOptions,
): JobReport {
  const used = new Set(dates.flatMap(({ sceneIds }) => sceneIds));
  const empty = choice.chosen
    .filter(({ id }) => !used.has(id))
    .map(({ id, date }) => ({ id, date, reason: 'no data in the area that another scene of the day does not have' }));
  return {
    software: { name: 'Crop2Seg', version: VERSION },
    created: new Date().toISOString(),
    request,
    model: {
      name: model.card.name,
      version: model.card.version,
      cardSha256: model.cardSha256,
      backend: model.golden.description,
      goldenMaxAbsProbability: model.golden.maxAbsProbability,
      simulatedTraining: model.card.training.simulated,
      caveats: model.card.caveats,
    },
    simulatedScenes: choice.chosen.some(({ simulated }) => simulated),
    dates,
    rejected: [...choice.rejected.map(({ scene, reason }) => ({ id: scene.id, date: scene.date, reason })), ...empty],
    relaxedCloudLimits: choice.relaxed,
    areas: classAreas(labels, request.grid.pixelMetres, model.card.classes),
    ...meter.totals(),
    peakMemoryMb: options.peakMemoryMb?.() ?? null,
  };
}
