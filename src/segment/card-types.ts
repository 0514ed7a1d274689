import type { CropClass } from '../crops';
import type { InputValidity } from '../series';
import type { TrainingScope } from './scope-types';

/** `aggregate` is there in networks that add up their dates' maps with the attention's weights. */
export type StageName = 'encoder' | 'attention' | 'aggregate' | 'decoder';
export type Precision = 'fp32' | 'fp16' | 'int8' | 'w8';

/** A file of a model folder with what is needed to trust it. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** One graph of the network; names of its tensors, where the card gives them. */
export interface StageSpec {
  readonly inputs?: readonly string[];
  readonly files: Readonly<Partial<Record<Precision, ModelFile>>>;
}

export interface AccuracyEntry {
  readonly dataset: string;
  readonly kind: 'real' | 'simulated';
  readonly region: string;
  readonly overallAccuracy: number;
  readonly macroF1: number;
  readonly pixels: number;
  readonly command: string;
}

/** The card of a model folder (`model.json`), validated on load. */
export interface ModelCard {
  readonly format: 'crop2seg-model/1';
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly architecture: string;
  readonly parameters: number;
  readonly summary: string;
  readonly licence: string;
  readonly input: {
    readonly bands: readonly string[];
    readonly unit: string;
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly dateReference: { readonly month: number; readonly day: number; readonly yearsBeforeSeason: number };
    readonly resolutionMetres: number;
    readonly tileSize: number;
    /** Pixels discarded along each inner edge of a tile. */
    readonly margin: number;
    readonly sizeMultiple: number;
    readonly featureChannels: number;
    /** What becomes of pixels that a date does not show; missing in cards of networks that take them as they are. */
    readonly validity?: InputValidity;
    /**
     * Dates that the network reads at once: a longer season is read in interleaved subsets of about so many dates, whose
     * probabilities are averaged. All dates at once where it is missing.
     */
    readonly datesPerSubset?: number;
  };
  readonly classes: readonly CropClass[];
  readonly ignoredClass: number;
  readonly stages: Readonly<Record<Exclude<StageName, 'aggregate'>, StageSpec>> & { readonly aggregate?: StageSpec };
  readonly golden: {
    readonly dates: number;
    readonly rows: number;
    readonly columns: number;
    readonly days: readonly number[];
    readonly input: ModelFile;
    readonly logits: ModelFile;
    /** Which pixels of each date are valid, uint8 [dates, rows, columns] of 0 and 1; all where it is missing. */
    readonly valid?: ModelFile;
    readonly toleranceProbability: number;
  };
  readonly training: {
    readonly simulated: boolean;
    readonly summary: string;
    /** Missing in cards of older versions. */
    readonly scope?: TrainingScope;
  };
  readonly accuracy: readonly AccuracyEntry[];
  readonly caveats: readonly string[];
}
