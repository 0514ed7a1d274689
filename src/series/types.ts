import type { CatalogSource, OffsetDecision, Scene, SceneQuery, SceneSearch } from '../catalog';
import type { GridWindow } from '../geo';
import type { Traffic } from '../net';
import type { Acquisition } from './acquisition';
import type { PixelStore } from './pixel-store';

/** One day of the series over a window; several tiles and passes of that day may have filled it. */
export interface SeriesDate {
  /** YYYY-MM-DD, UTC. */
  readonly date: string;
  /** Whole days since the model's date reference (1 September of the year before the season). */
  readonly day: number;
  readonly sceneIds: readonly string[];
  /** Of the first scene. */
  readonly offset: OffsetDecision;
  /** In the order of `sceneIds`, where the day has several scenes: each is decided on its own. */
  readonly sceneOffsets?: readonly OffsetDecision[];
  /** Share of the window's pixels that SCL calls cloud, shadow, cirrus or snow; 0 to 1. */
  readonly cloudShare: number;
  /** Share of the window's pixels without data; 0 to 1. */
  readonly nodataShare: number;
}

/** A day whose bands were not read, because the window itself shows too little ground. */
export interface SkippedDate {
  readonly date: string;
  readonly sceneIds: readonly string[];
  /** As in `SeriesDate`. */
  readonly cloudShare: number;
  readonly nodataShare: number;
  /** One sentence for people. */
  readonly reason: string;
}

/** A day that no source delivered. */
export interface UnreadDate {
  readonly date: string;
  readonly sceneIds: readonly string[];
  /** One sentence for people: the first failure. */
  readonly reason: string;
}

/**
 * A season over one window, in the model's band order. `pixels` holds harmonised DN = surface reflectance x 10 000 and
 * the Sentinel-2 scene classification, and NDVI. A pixel that a date has not seen has SCL 0 and DN 0 in all bands; one
 * that it has seen has an SCL code from 2 to 11 and no DN below 1.
 */
export interface TimeSeries {
  readonly grid: GridWindow;
  readonly bands: readonly string[];
  readonly dates: readonly SeriesDate[];
  readonly pixels: PixelStore;
}

/** What a network wants done with pixels of a date that are not valid. */
export interface InputValidity {
  /** `none`: taken as they are; `mask`: told apart by a map of validity; `fill`: replaced from other dates. */
  readonly use: 'none' | 'mask' | 'fill';
  /** Valid is what was `seen`, or of that only what SCL calls `clear` (no shadow 3, cloud 8 9 10, snow 11). */
  readonly counts: 'seen' | 'clear';
  /** Radius, in pixels, of the square by which regions that are not valid are grown. */
  readonly growPixels: number;
  /** A date with a smaller share of valid pixels in a patch (0 to 1) is left out of that patch. */
  readonly leastShare: number;
}

/** What normalisation needs of a model card. */
export interface InputSpec {
  readonly bands: readonly string[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** As `{ use: 'none', counts: 'seen', growPixels: 0, leastShare: 0 }` where it is missing. */
  readonly validity?: InputValidity;
}

/** What is to be read. */
export interface SeriesRequest {
  /** Chosen scenes; those of one day become one date, whatever their tiles and UTM zones. */
  readonly scenes: readonly Scene[];
  readonly grid: GridWindow;
  readonly input: InputSpec;
  /** Day 0, YYYY-MM-DD. */
  readonly referenceDate: string;
  /** Days on which more than this share (0 to 1) of what was seen of the window is obscured cost no bands. */
  readonly maxCloudShare?: number;
  /** Added to all DN whatever the scenes say, where a person has decided so. */
  readonly offset?: OffsetDecision['addDn'];
}

/** What came of it. */
export interface SeriesSummary {
  /** Ascending; days without data in the window are left out. */
  readonly dates: readonly SeriesDate[];
  /** Ascending. */
  readonly skipped: readonly SkippedDate[];
  /** Ascending; the series does without them. */
  readonly unread: readonly UnreadDate[];
  /** Bytes that the bands of the skipped days would have cost, judged by the days that were read; null without such. */
  readonly savedBytes: number | null;
  /** DN by band: the median over the clear pixels of all dates; null where none was clear. */
  readonly bandMedians: readonly number[] | null;
  /** Sentences for people: what did not go as wished. */
  readonly notices: readonly string[];
}

/** One square of the series ready for a network: `pixels[t]` is [bands, rows, columns], normalised float32. */
export interface SeriesTile {
  readonly rows: number;
  readonly columns: number;
  readonly days: readonly number[];
  readonly pixels: readonly Float32Array<ArrayBuffer>[];
  /** Of each date which pixels the network may look at, [rows, columns], 1 or 0; null where all. Missing = all, on all dates. */
  readonly valid?: readonly (Uint8Array<ArrayBuffer> | null)[];
}

/** Reported after each date that has been dealt with, at once. */
export interface SeriesProgress {
  readonly done: number;
  readonly total: number;
  readonly date: string;
  readonly bytes: number;
  readonly requests: number;
  /** The date as it is in the series; null where it was skipped, has no data, or could not be read. */
  readonly finished: SeriesDate | null;
  /** Days that could not be read so far; they are tried once more at the end. */
  readonly unread: number;
  /** Days skipped so far, and what that saved, as in `SeriesSummary`. */
  readonly skipped: number;
  readonly savedBytes: number | null;
}

/** All that decides the pixels of one date; whatever else comes to decide them belongs here too. */
export interface DateKey {
  /** Scenes of one day, in the order in which they fill the window. */
  readonly scenes: readonly Scene[];
  readonly grid: GridWindow;
  readonly bands: readonly string[];
  /** As in `SeriesRequest`. */
  readonly offset?: OffsetDecision['addDn'];
}

/** Finished dates, kept between runs. Trouble with storage is no error here: nothing is kept then. */
export interface DateCache {
  /** Null for a day known to have no data in the window, undefined where nothing is known. The caller owns the arrays. */
  get(key: DateKey, signal: AbortSignal): Promise<Acquisition | null | undefined>;
  /** The arrays may change once this has resolved. */
  put(key: DateKey, date: Acquisition | null, signal: AbortSignal): Promise<void>;
}

/** What every pixel did over the season, for the pixel inspector. */
export interface PackedHistory {
  readonly dates: readonly string[];
  /**
   * For each pixel of the window, row by row: NDVI x 100 + 100 (255 = none) of all dates, then SCL of all dates, a byte
   * each. A blob, because browsers keep those outside the page and in its database without copying them.
   */
  readonly pixels: Blob;
}

/** Objects of a window (`src/objects`), and the dates they were found from. */
export interface SeriesObjects {
  /** Number of the object of each pixel, from 0; [rows, columns]. */
  readonly ids: Int32Array<ArrayBuffer>;
  readonly count: number;
  /** YYYY-MM-DD, ascending. */
  readonly dates: readonly string[];
}

/** Search and time series as a job sees them, wherever they run: in a worker (page) or in this thread (Node, tests). */
export interface SeriesPort {
  /** Sources in the order of preference. */
  search(sources: readonly CatalogSource[], query: SceneQuery, signal: AbortSignal): Promise<SceneSearch>;
  build(
    request: SeriesRequest,
    signal: AbortSignal,
    onDate: (progress: SeriesProgress) => void,
  ): Promise<SeriesSummary>;
  /**
   * Normalised rectangle of the series that `build` read last, as the `validity` of its input says; dates without data
   * in it are left out.
   */
  tile(column: number, row: number, columns: number, rows: number, signal: AbortSignal): Promise<SeriesTile>;
  /** 1 for each pixel of the window that has data on at least one date of the series, else 0. */
  coverage(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Normalised rectangle of one date that the running `build` has told of, or that the last one has read; without dates
   * where it has no data there, or too little of it (`validity.leastShare`). Not for inputs that need the whole series
   * (`needsWholeSeries`).
   */
  dateTile(
    date: Pick<SeriesDate, 'date' | 'day'>,
    column: number,
    row: number,
    columns: number,
    rows: number,
    signal: AbortSignal,
  ): Promise<SeriesTile>;
  /** Neighbouring pixels that went through the season alike, from clear dates of the series that `build` read last. */
  objects(signal: AbortSignal): Promise<SeriesObjects>;
  /** Packed NDVI and SCL of the whole window, kept with a finished map. */
  histories(signal: AbortSignal): Promise<PackedHistory>;
  traffic(): Promise<Traffic>;
  dispose(): Promise<void>;
}
