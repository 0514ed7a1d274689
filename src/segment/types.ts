import type { SeriesTile } from '../series';
import type { ModelCard, Precision, StageName } from './card-types';
import type { HeldFeatures, ResidentStages } from './resident-types';
import type { Validity } from './validity';

export type * from './card-types';

export type BackendName = 'wasm' | 'webgpu' | 'node';

/** A model whose card and hashes have been checked; bytes are kept only until an engine took them. */
export interface LoadedModel {
  readonly card: ModelCard;
  /** The one asked for; a stage that has no file of it is there in fp32. */
  readonly precision: Precision;
  /** SHA-256 over the card text: names the model in reports. */
  readonly cardSha256: string;
  readonly stages: Readonly<Partial<Record<StageName, Uint8Array<ArrayBuffer>>>>;
  readonly golden: {
    readonly input: Uint16Array<ArrayBuffer>;
    readonly logits: Float32Array<ArrayBuffer>;
    /** uint8 [dates, rows, columns], 1 where valid; null where all is. */
    readonly valid: Uint8Array<ArrayBuffer> | null;
  };
}

/** A dense float32 array with its shape, row-major. */
export interface FloatTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** By name. */
export type Tensors = Readonly<Record<string, FloatTensor>>;

/**
 * What a runtime must be able to do; everything else in this folder is written against it.
 * WASM, WebGPU and Node differ only here.
 */
export interface Backend {
  readonly name: BackendName;
  /** For people: `WASM, 2 threads`. */
  readonly description: string;
  /** Runs that are worth giving it at once; 1 where left out. */
  readonly lanes?: number;
  /** Runs one stage. Inputs and outputs are named as in its graph. */
  run(stage: StageName, inputs: Tensors, signal: AbortSignal): Promise<Tensors>;
  /** Its way of running stages whose tensors stay with it, such as on a graphics card; then nothing else is used. */
  readonly resident?: ResidentStages;
  /** Its own ways to run stages over features as they are kept, several at once; the others go through `run`. */
  readonly packed?: PackedStages;
  /** Frees what the runtime can free. */
  dispose(): Promise<void>;
}

/** How far the golden tile was from its expected output on this backend. */
export interface GoldenCheck {
  readonly backend: BackendName;
  readonly precision: Precision;
  /** For people: `WASM, 2 threads, int8`. */
  readonly description: string;
  readonly maxAbsProbability: number;
  readonly tolerance: number;
  /** Share of the tile's pixels that get the expected label, 0 to 1. */
  readonly labelAgreement: number;
}

/** Pixels. */
export interface TileSize {
  readonly rows: number;
  readonly columns: number;
}

/** Scores of one tile: `logits` is [classes, rows, columns], NaN where no date had data. */
export interface TileScores {
  readonly rows: number;
  readonly columns: number;
  readonly logits: Float32Array<ArrayBuffer>;
}

/** A tensor as it is kept (`./pack`): values are steps x the scale of their block. */
export interface PackedTensor {
  readonly steps: Int16Array;
  readonly scales: Float32Array;
  readonly shape: readonly number[];
}

/** Values `from` to `from + count` of the tensors of all dates; `from` is the beginning of a block. */
export interface PackedPart {
  readonly tensors: readonly PackedTensor[];
  readonly from: number;
  readonly count: number;
}

/** The same values of the tensors of all dates: `steps` is [dates, values], `scales` is [dates, blocks]. */
export interface PackedStrip {
  readonly steps: Int16Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
}

/** Rows `from` to `to` of a map of [rows, columns, channels], and the scale at which its weights were found. */
export interface MapRows {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly from: number;
  readonly to: number;
  readonly heads: number;
  readonly coarseRows: number;
  readonly coarseColumns: number;
}

/** Stages of a backend over packed tensors. Maps are [rows, columns, channels] where it has `aggregate`. */
export interface PackedStages {
  /** @param valid of networks that mask; null where all pixels are valid */
  readonly encode?: (
    pixels: FloatTensor,
    valid: Validity,
    signal: AbortSignal,
  ) => Promise<Readonly<Record<string, PackedTensor>>>;
  /** Takes over tensors that `encode` gave, for its next ones. */
  readonly release?: (tensors: readonly PackedTensor[]) => void;
  /** Outputs as those of the stage `attention` for `pixels` pixels. @param valid [dates, pixels]; null where all are */
  readonly attend?: (
    part: PackedPart,
    days: Float32Array,
    pixels: number,
    valid: Validity,
    signal: AbortSignal,
  ) => Promise<Tensors>;
  /**
   * Rows of the dates' maps added up with `weights` [dates, coarse pixels, heads]: [to - from, columns, channels].
   * @param valid [dates, to - from, columns], whose pixels alone are added, the sums then divided by the sums of their
   * weights; null where all are
   */
  readonly aggregate?: (
    part: PackedPart,
    weights: Float32Array,
    rows: MapRows,
    valid: Validity,
    signal: AbortSignal,
  ) => Promise<Float32Array>;
}

/** What the encoder made of one date of a tile. Opaque to all but the engine. */
export interface DateFeatures {
  readonly rows: number;
  readonly columns: number;
  /** Days since the card's date reference. */
  readonly day: number;
  /** The encoder's outputs by name. */
  readonly tensors: Readonly<Record<string, PackedTensor>>;
  /** Which pixels are valid, [rows, columns] of the tile as it was encoded; null where all are. */
  readonly valid: Validity;
  /** Gives their memory to dates to come, when no one looks at them any more. */
  readonly release?: () => void;
}

/** A network ready to run on one backend, its golden tile checked. */
export interface Engine {
  readonly card: ModelCard;
  readonly golden: GoldenCheck;
  /** What features take, for each pixel of each date. */
  readonly bytesPerPixelDate: number;
  /** Dates worth encoding at once. */
  readonly lanes: number;
  /**
   * One date: `pixels` is [bands, rows, columns], normalised. Null for a date that is empty in the tile, which is left
   * out of the series.
   * @param valid which pixels are valid, for networks that mask; null, the default, where all are
   */
  encode(
    pixels: Float32Array<ArrayBuffer>,
    size: TileSize,
    day: number,
    signal: AbortSignal,
    valid?: Validity,
  ): Promise<DateFeatures | HeldFeatures | null>;
  /**
   * Scores from any dates of one tile, in any order; NaN where there is none. The features stay the caller's.
   * @param subsets interleaved subsets of the dates whose probabilities are averaged (default 1: all dates at once)
   */
  decode(
    dates: readonly (DateFeatures | HeldFeatures)[],
    size: TileSize,
    signal: AbortSignal,
    subsets?: number,
  ): Promise<TileScores>;
  /** A copy of features in memory; features that lie there themselves. */
  pack(features: DateFeatures | HeldFeatures): Promise<DateFeatures>;
  /** All dates of a tile, then its scores. `onDate` is called after each date, so that progress moves inside a tile. */
  segmentTile(
    tile: SeriesTile,
    signal: AbortSignal,
    onDate?: (done: number, total: number) => void,
  ): Promise<TileScores>;
  dispose(): Promise<void>;
}

/** Where one tile is read and which part of it is kept, in pixels of the window. */
export interface TilePlacement {
  /** Read window. */
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
  /** Kept part, in window pixels. */
  readonly keep: { readonly column: number; readonly row: number; readonly columns: number; readonly rows: number };
}

/**
 * Scores as they are kept, of a tile or a whole map: `labels` is [rows, columns], `probabilities` is
 * [classes, rows, columns], p x 250 rounded; 255 = no data in both.
 */
export interface MapArrays {
  readonly rows: number;
  readonly columns: number;
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly probabilities: Uint8Array<ArrayBuffer>;
}
