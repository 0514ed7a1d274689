import type { CatalogSource, OffsetDecision, Scene, SceneQuery } from '../catalog';
import type { GridWindow } from '../geo';
import type { Traffic } from '../net';
import type { Acquisition } from './acquisition';

/** One day of the series over a window; several tiles of that day may have filled it. */
export interface SeriesDate {
  /** YYYY-MM-DD, UTC. */
  readonly date: string;
  /** Whole days since the model's date reference (1 September of the year before the season). */
  readonly day: number;
  readonly sceneIds: readonly string[];
  readonly offset: OffsetDecision;
  /** Share of the window's pixels that SCL calls cloud, shadow, cirrus or snow; 0 to 1. */
  readonly cloudShare: number;
  /** Share of the window's pixels without data; 0 to 1. */
  readonly nodataShare: number;
}

/**
 * A season of pixels over one window, in the model's band order.
 * `dn` is [dates, bands, rows, columns], harmonised DN = surface reflectance x 10 000, 0 = no data.
 * `scl` is [dates, rows, columns], the Sentinel-2 scene classification, 0 = no data.
 */
export interface TimeSeries {
  readonly grid: GridWindow;
  readonly bands: readonly string[];
  readonly dates: readonly SeriesDate[];
  readonly dn: readonly Uint16Array<ArrayBuffer>[];
  readonly scl: readonly Uint8Array<ArrayBuffer>[];
}

/** What normalisation needs of a model card. */
export interface InputSpec {
  readonly bands: readonly string[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** One square of the series ready for a network: `pixels[t]` is [bands, rows, columns], normalised float32. */
export interface SeriesTile {
  readonly rows: number;
  readonly columns: number;
  readonly days: readonly number[];
  readonly pixels: readonly Float32Array<ArrayBuffer>[];
}

/** Reported after each date that has been read. */
export interface SeriesProgress {
  readonly done: number;
  readonly total: number;
  readonly date: string;
  readonly bytes: number;
  readonly requests: number;
}

/** All that decides the pixels of one date; whatever else comes to decide them belongs here too. */
export interface DateKey {
  /** Scenes of one day, in the order in which they fill the window. */
  readonly scenes: readonly Scene[];
  readonly grid: GridWindow;
  readonly bands: readonly string[];
}

/** Finished dates, kept between runs. Trouble with storage is no error here: nothing is kept then. */
export interface DateCache {
  /** Null for a day known to have no data in the window, undefined where nothing is known. The caller owns the arrays. */
  get(key: DateKey, signal: AbortSignal): Promise<Acquisition | null | undefined>;
  /** The arrays may change once this has resolved. */
  put(key: DateKey, date: Acquisition | null, signal: AbortSignal): Promise<void>;
}

/** NDVI x 100 + 100 (255 = none) and SCL, each [dates, rows, columns], for the pixel inspector. */
export interface PackedHistory {
  readonly dates: readonly string[];
  readonly ndvi: Uint8Array<ArrayBuffer>;
  readonly scl: Uint8Array<ArrayBuffer>;
}

/** Search and time series as a job sees them, wherever they run: in a worker (page) or in this thread (Node, tests). */
export interface SeriesPort {
  search(source: CatalogSource, query: SceneQuery, signal: AbortSignal): Promise<Scene[]>;
  build(
    scenes: readonly Scene[],
    grid: GridWindow,
    input: InputSpec,
    referenceDate: string,
    signal: AbortSignal,
    onProgress: (progress: SeriesProgress) => void,
  ): Promise<readonly SeriesDate[]>;
  /** Normalised rectangle of the series that `build` read last; dates without data in it are left out. */
  tile(column: number, row: number, columns: number, rows: number, signal: AbortSignal): Promise<SeriesTile>;
  /** Packed NDVI and SCL of the whole window, kept with a finished map. */
  histories(): Promise<PackedHistory>;
  traffic(): Promise<Traffic>;
  dispose(): Promise<void>;
}
