import type { CatalogSource, DateRange, OffsetDecision } from '../catalog';
import type { GridWindow } from '../geo';
import type { PackedHistory, SeriesDate } from '../series';
import type { EncoderTime, EncodeTally, FeatureRef, ModelCard, ScopeFinding } from '../segment';

export type Stage = 'search' | 'model' | 'read' | 'segment' | 'finish';

/** Sent whenever something visible has moved. */
export interface JobProgress {
  readonly stage: Stage;
  /** Units of the stage: scenes, bytes of the model, dates, tile-dates. */
  readonly done: number;
  readonly total: number;
  /** The count is full, yet the stage is not over: a model that is loaded is still tested. */
  readonly goesOn?: boolean;
  /** One line for people. */
  readonly note: string;
  readonly bytes: number;
  readonly requests: number;
  /** While dates are read: the one that has just been finished, the days skipped for cloud, and what that saved. */
  readonly date?: SeriesDate;
  readonly skippedDates?: number;
  /** Estimated, bytes; null as long as no date was read to judge by. */
  readonly savedBytes?: number | null;
  /** Once the search is done: sources that did not answer; once the model is loaded: where it was not trained. */
  readonly notices?: readonly string[];
}

/** A map in the making: what the dates or tiles so far say. */
export interface MapPreview {
  readonly grid: GridWindow;
  readonly card: ModelCard;
  /** Class code per pixel, 255 where nothing is known yet. */
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** Where, when and from which scenes. */
export interface SceneRequest {
  readonly grid: GridWindow;
  /** `Cell 355, tile 33UVR` or `Area 640 x 640 m`. */
  readonly title: string;
  /** Restricts the search to one tile (cells of the Czech grid). */
  readonly tiles?: readonly string[];
  readonly season: number;
  readonly range: DateRange;
  /** The source that is preferred. */
  readonly source: CatalogSource;
  /** Sources for what it lacks or cannot deliver, the most wanted first. */
  readonly fallbacks?: readonly CatalogSource[];
  /** Scenes to leave out, by id: the way on after a scene that cannot be read. */
  readonly excludedScenes?: readonly string[];
  /** Scenes with more cloud over the tile than this are left out, whatever the month allows. */
  readonly maxCloudPercent?: number;
  /** Use no more than these many dates, the clearest. */
  readonly maxDates?: number;
}

/** What a person asked for. Plain data: it can be stored, shared and sent to a worker. */
export interface JobRequest extends SceneRequest {
  /** URL of the model folder, without a slash at the end. */
  readonly modelUrl: string;
  /**
   * Dates on which more than this share (0 to 1) of what was seen of the window itself is cloud, shadow or snow are not
   * read. `DEFAULT_MAX_CLOUD_SHARE` where left out; 1 reads all.
   */
  readonly maxCloudShare?: number;
  /** Added to the DN of all scenes, whatever their metadata and pixels say; decided per scene where left out. */
  readonly offsetOverride?: OffsetDecision['addDn'];
  /**
   * Interleaved subsets of the dates over which the network's probabilities are averaged; 1 reads all dates at once.
   * What the model's card recommends where left out.
   */
  readonly dateSubsets?: number;
  /**
   * `objects` gives all pixels of an object (neighbours that went through the season alike) their mean probabilities; left
   * out, each pixel keeps its own. Not where parcels say what belongs together.
   */
  readonly smoothing?: 'objects';
}

export interface ClassArea {
  readonly code: number;
  readonly name: string;
  readonly pixels: number;
  readonly hectares: number;
  /** Share of the classified pixels, 0 to 1. */
  readonly share: number;
}

/** What averaging inside of objects did. */
export interface SmoothingFacts {
  readonly count: number;
  /** Pixels of an object, on average. */
  readonly meanPixels: number;
  /** Pixels that have another class than before. */
  readonly changedPixels: number;
  /** Dates that the objects were found from, YYYY-MM-DD. */
  readonly dates: readonly string[];
  readonly seconds: number;
}

/** Everything needed to know how a map came to be; written beside every export. */
export interface JobReport {
  readonly software: { readonly name: string; readonly version: string };
  readonly created: string;
  readonly request: JobRequest;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly cardSha256: string;
    readonly backend: string;
    /** `webgpu-kernels/fp32`; missing in maps of versions that did not say. */
    readonly variant?: string;
    /** What a date took in the encoder in each way that was tried before one was chosen, the fastest first. */
    readonly encoderTimes?: readonly EncoderTime[];
    readonly goldenMaxAbsProbability: number;
    readonly simulatedTraining: boolean;
    readonly caveats: readonly string[];
  };
  readonly simulatedScenes: boolean;
  readonly dates: readonly SeriesDate[];
  readonly rejected: readonly { readonly id: string; readonly date: string; readonly reason: string }[];
  readonly relaxedCloudLimits: boolean;
  /** Dates not read because the window itself was too cloudy (they are in `rejected`, with the reason each). */
  readonly skippedDates: number;
  /** Dates that no source delivered (they are in `rejected`, with the reason each): making the map again may add them. */
  readonly unreadDates: readonly string[];
  /** Bytes that reading the skipped ones would have cost, judged by the dates that were read; null where none was. */
  readonly savedBytes: number | null;
  /** Where the map lies outside of what the network was trained on, also among the notices; missing in older maps. */
  readonly outsideTraining?: readonly ScopeFinding[];
  /** DN by band, the median over the clear pixels of all dates; null where none was clear; missing in older maps. */
  readonly bandMedians?: readonly number[] | null;
  /** What did not go as wished, in words for people: sources that failed, storage that was refused. */
  readonly notices: readonly string[];
  readonly areas: readonly ClassArea[];
  /** The objects inside of which probabilities were averaged; missing where they were not. */
  readonly objects?: SmoothingFacts;
  /** Dates of tiles that were encoded, and that were found encoded; null for maps of versions that did not count. */
  readonly encodings: EncodeTally | null;
  /** Numbers of interleaved subsets of the dates that tiles were averaged over; missing in maps of older versions. */
  readonly dateSubsets?: readonly number[];
  /** Set where the map is made from the dates up to this day only, YYYY-MM-DD. */
  readonly until?: string;
  readonly bytes: number;
  readonly requests: number;
  /** Of each stage; stages that run side by side take the same time twice. */
  readonly seconds: Readonly<Record<Stage, number>>;
  /** From the start to the finished map, seconds. */
  readonly wallSeconds: number;
  /** Megabytes (1e6 bytes) of resident memory at its peak; null where the platform does not tell. */
  readonly peakMemoryMb: number | null;
}

/** The finished product. `probabilities` is [classes, rows, columns], p x 250 rounded, 255 = no data. */
export interface CropMap {
  readonly grid: GridWindow;
  readonly card: ModelCard;
  /** Class code per pixel, 255 = no data. */
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly probabilities: Uint8Array<ArrayBuffer>;
  /** Null where nobody is going to look at pixels. */
  readonly history: PackedHistory | null;
  /** Of each tile (`planTiles`), the encoded dates it was made from; null where nothing keeps them. */
  readonly features: readonly (readonly FeatureRef[])[] | null;
  readonly report: JobReport;
}
