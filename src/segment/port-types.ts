import type { Traffic } from '../net';
import type { SeriesTile } from '../series';
import type { GoldenCheck, ModelCard, TileScores, TileSize } from './types';

/** An encoded date of a tile as the store of features knows it. */
export interface FeatureRef {
  /** Days since the card's date reference. */
  readonly day: number;
  readonly key: string;
}

/** Scores of a tile and what they were made from; without references where features are not kept. */
export interface TileRun extends TileScores {
  readonly features: readonly FeatureRef[];
  /** Interleaved subsets of the dates whose probabilities are averaged; 1 = all dates at once, 0 = there is no date. */
  readonly dateSubsets: number;
}

/** How a tile is run. */
export interface RunOptions {
  /** Whether the store takes what is encoded (default true). */
  readonly keep?: boolean;
  /** Interleaved subsets of the dates to average over; what the card recommends where left out. */
  readonly dateSubsets?: number | undefined;
}

/** Dates of tiles, counted. */
export interface EncodeTally {
  /** Run through the encoder. */
  readonly encoded: number;
  /** Taken from the store. */
  readonly kept: number;
}

/** What one date of a whole tile took in the encoder when the model was loaded. */
export interface EncoderTime {
  /** As `ReadyEngine.variant`. */
  readonly variant: string;
  readonly milliseconds: number;
}

/** A model that runs, and how. */
export interface ReadyEngine {
  readonly card: ModelCard;
  readonly cardSha256: string;
  readonly golden: GoldenCheck;
  /** What kept features take, for each pixel of each date. */
  readonly bytesPerPixelDate: number;
  /** Names the way in which it runs; `load` can be told to avoid it. */
  readonly variant: string;
  /** Sentences for people: ways that were tried and not trusted. */
  readonly notices: readonly string[];
  /** All ways that were timed, the fastest first; none where there was nothing to choose. */
  readonly times: readonly EncoderTime[];
}

/** A model and its engine as a job sees them, wherever they run: in a worker (page) or in this thread (Node, tests). */
export interface SegmentPort {
  /** @param avoid variants that have failed and are not to be tried again */
  load(
    modelUrl: string,
    signal: AbortSignal,
    onProgress: (bytes: number, total: number) => void,
    avoid?: readonly string[],
  ): Promise<ReadyEngine>;
  /** Scores of a tile from all its dates. */
  run(
    tile: SeriesTile,
    signal: AbortSignal,
    onDate: (done: number, total: number) => void,
    options?: RunOptions,
  ): Promise<TileRun>;
  /**
   * Encodes dates of a tile and keeps what comes of them under the tile's name, until `forget`.
   * Resolves to the bytes of features kept in all.
   */
  encode(name: string, tile: SeriesTile, signal: AbortSignal): Promise<number>;
  /** Scores of a tile from the dates kept so far. @param dateSubsets as in `RunOptions` */
  decode(name: string, size: TileSize, signal: AbortSignal, dateSubsets?: number): Promise<TileRun>;
  /**
   * Scores of a tile from features in the store; rejects with `segment/features-lost` where one is not there.
   * @param dateSubsets as in `RunOptions`
   */
  recall(features: readonly FeatureRef[], size: TileSize, signal: AbortSignal, dateSubsets?: number): Promise<TileRun>;
  /** What has been encoded since `load`; resolves when the features to be kept lie where they will stay. */
  encodings(): Promise<EncodeTally>;
  /** Drops the features of a tile, or all. */
  forget(name?: string): Promise<void>;
  traffic(): Promise<Traffic>;
  dispose(): Promise<void>;
}
