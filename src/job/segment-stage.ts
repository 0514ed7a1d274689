import { isCropError } from '../errors';
import type { GridWindow } from '../geo';
import {
  createMapArrays,
  type FeatureRef,
  type MapArrays,
  latticeOrigin,
  planTiles,
  type ReadyEngine,
  softmaxToBytes,
  type SteadySegmentPort,
  stitch,
  type TilePlacement,
  type TileRun,
} from '../segment';
import { isThin, needsWholeSeries, type SeriesDate, type SeriesPort, type SeriesTile } from '../series';
import type { Meter } from './meter';
import { subsetsUsed } from './subsets-used';
import { createDateStream, type DateStream, fitsBudget } from './streaming';
import type { CropMap } from './types';

export interface SegmentStageParts {
  readonly grid: GridWindow;
  readonly model: Pick<ReadyEngine, 'card' | 'bytesPerPixelDate'>;
  /** Dates that are going to be read, at most. */
  readonly dates: number;
  readonly series: SeriesPort;
  readonly segment: SteadySegmentPort;
  /** As in `JobRequest`. */
  readonly dateSubsets?: number | undefined;
  readonly meter: Meter;
  readonly signal: AbortSignal;
}

/**
 * A map, and of each tile the names of the encoded dates that it was made from; null where there is no store. What has a
 * name need not be kept: who asks the store is told.
 */
export interface SegmentedMap {
  readonly canvas: MapArrays;
  readonly features: CropMap['features'];
  /** As in `JobReport`. */
  readonly dateSubsets: readonly number[];
}

/** From dates that arrive one by one to the finished map. */
export interface SegmentStage {
  /** Takes a date that has just been read. */
  take(date: SeriesDate): void;
  /** The map, once all dates have been taken. */
  finish(dates: number): Promise<SegmentedMap>;
}

/** A preview takes at most this share of the time: the dates still to come matter more. */
const PREVIEW_SHARE = 0.2;

/** Fewer dates than this tell too little to be worth a look. */
const PREVIEW_DATES = 3;

/**
 * The network over an area. Where the features of all its dates fit the budget, each date is encoded as it comes, and
 * now and then the map is drawn from the dates so far; larger areas, and networks whose dates depend on each other, go
 * tile by tile once all dates are there.
 */
export function createSegmentStage(parts: SegmentStageParts): SegmentStage {
  const { grid, model, series, segment, dateSubsets, meter, signal } = parts;
  const { card } = model;
  const { tileSize, margin } = card.input;
  const tiles = planTiles(grid.columns, grid.rows, tileSize, margin, latticeOrigin(grid));
  const canvas = createMapArrays(grid.columns, grid.rows, card.classes.length);
  const features: (readonly FeatureRef[])[] = tiles.map(() => []);
  const subsets = new Map<number, number>();
  let previewNext = 0;

  const streams = !needsWholeSeries(card.input) && fitsBudget(model, tiles, parts.dates);
  const stream = streams ? createDateStream({ tiles, series, segment, dateSubsets, signal, onEncoded: preview }) : null;

  function draw(at: number, placement: TilePlacement, scores: TileRun): void {
    stitch(canvas, softmaxToBytes(scores), placement);
    features[at] = scores.features;
    subsets.set(at, scores.dateSubsets);
  }

  function show(): void {
    // A copy: the canvas goes on changing, and what is shown may be kept.
    meter.preview({ grid, card, labels: canvas.labels.slice() });
  }

  async function preview(dates: number): Promise<void> {
    const begin = performance.now();
    if (dates < PREVIEW_DATES || dates >= parts.dates || begin < previewNext) return;
    if (!(await drawAll((at) => stream!.decode(at)))) return;
    show();
    const took = performance.now() - begin;
    previewNext = performance.now() + took * (1 / PREVIEW_SHARE - 1);
  }

  /** Scores of a tile whose dates all are there. */
  async function settle(from: DateStream, at: number, dates: number): Promise<TileRun> {
    // Dates that come one by one cannot know that too few of them show enough of a tile.
    if (!isThin(card.input, from.encoded(at), dates)) return from.decode(at);
    const { column, row, columns, rows } = tiles[at]!;
    const tile = await series.tile(column, row, columns, rows, signal);
    return tile.days.length === 0 ? from.decode(at) : segment.run(tile, signal, () => undefined, { dateSubsets });
  }

  /** Draws all tiles; false where their features are lost. */
  async function drawAll(scoresOf: (at: number) => Promise<TileRun>, onTile?: (at: number) => void): Promise<boolean> {
    try {
      for (const [at, placement] of tiles.entries()) {
        draw(at, placement, await scoresOf(at));
        onTile?.(at);
      }
      return true;
    } catch (error) {
      if (isCropError(error, 'segment/features-lost')) return false;
      throw error;
    }
  }

  async function finish(dates: number): Promise<SegmentedMap> {
    const report = (at: number): void => {
      meter.report({ stage: 'segment', done: at + 1, total: tiles.length, note: `Tile ${at + 1} of ${tiles.length}` });
    };
    const isDrawn =
      stream !== null && (await stream.settled()) && (await drawAll((at) => settle(stream, at, dates), report));
    if (!isDrawn) {
      await runTiles(parts, tiles, dates, stream !== null, (at, scores) => {
        draw(at, tiles[at]!, scores);
        show();
      });
    }
    return {
      canvas,
      features: features.some((dates) => dates.length > 0) ? features : null,
      dateSubsets: subsetsUsed(subsets.values()),
    };
  }

  return { take: (date) => stream?.take(date), finish };
}

/**
 * Tile by tile, each from all its dates; `onTile` is given the scores of each. An area beyond the budget is not kept in
 * the store either: writing its encoded dates takes longer than encoding them, and pushes out those of other areas.
 */
async function runTiles(
  { series, segment, dateSubsets, meter, signal }: SegmentStageParts,
  tiles: readonly TilePlacement[],
  dates: number,
  keep: boolean,
  onTile: (at: number, scores: TileRun) => void,
): Promise<void> {
  // What was streamed before a backend gave up is of no use any more.
  await segment.forget();
  const cut = (index: number): Promise<SeriesTile> | null => {
    const tile = tiles[index];
    return tile ? series.tile(tile.column, tile.row, tile.columns, tile.rows, signal) : null;
  };
  let upcoming = cut(0);
  for (const index of tiles.keys()) {
    const tile = await upcoming!;
    // The next tile is cut while the engine works on this one.
    upcoming = cut(index + 1);
    // A cancelled run leaves this one behind; its rejection has already been told by the awaited call.
    upcoming?.catch(() => undefined);
    if (tile.days.length === 0) continue;
    const onDate = (done: number): void => {
      meter.report({
        stage: 'segment',
        done: index * dates + done,
        total: tiles.length * dates,
        note: `Tile ${index + 1} of ${tiles.length}, date ${done} of ${tile.days.length}`,
      });
    };
    const scores = await segment.run(tile, signal, onDate, { keep, dateSubsets });
    onTile(index, scores);
  }
}
