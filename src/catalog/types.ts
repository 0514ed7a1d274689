import type { BboxWgs84, LonLat } from '../geo';

/** The ten bands the networks see, in the model's order, and the scene classification. */
export type AssetName = 'B02' | 'B03' | 'B04' | 'B05' | 'B06' | 'B07' | 'B08' | 'B8A' | 'B11' | 'B12' | 'SCL';

/** One Sentinel-2 acquisition of one tile, as a catalogue describes it. */
export interface Scene {
  readonly id: string;
  readonly collection: string;
  /** MGRS tile without the leading T. */
  readonly tile: string;
  /** Sensing time, ISO 8601, UTC. */
  readonly datetime: string;
  /** UTC day of `datetime`, YYYY-MM-DD; of a pass over midnight, the day on which it began, for all its scenes. */
  readonly date: string;
  readonly platform: string | null;
  readonly epsg: number | null;
  readonly bbox: BboxWgs84 | null;
  readonly cloudPercent: number | null;
  readonly snowPercent: number | null;
  /** Share of the tile without data, percent. */
  readonly nodataPercent: number | null;
  /** `05.09`; null where the item tells none that ESA has used, or contradicts itself. */
  readonly processingBaseline: string | null;
  /** The spellings of baselines that contradict each other, where they do. */
  readonly contradictingBaselines?: readonly string[];
  /** `earthsearch:boa_offset_applied`; null where the item does not say. */
  readonly boaOffsetApplied: boolean | null;
  /** Number of the product among those of one tile and day: parts of a pass and later processings alike. */
  readonly sequence: number;
  /** Start of the data take, ISO 8601, UTC, where the item tells it: one per pass of a satellite. */
  readonly datatake?: string;
  /** Start of the datastrip, ISO 8601, UTC, where the item tells it: one per part of a pass, in every processing. */
  readonly datastrip?: string;
  /** When the product was made, ISO 8601, UTC, where the item tells it. */
  readonly madeAt?: string;
  /** Outline of what was seen, where the item has it: closed rings, even-odd. */
  readonly footprint?: readonly (readonly LonLat[])[];
  /** True when the scene was painted by a simulator, not sensed. */
  readonly simulated: boolean;
  /** Absolute URLs by band. */
  readonly assets: Readonly<Partial<Record<AssetName, string>>>;
  /** Nodata values that the assets declare, by band. */
  readonly assetNodata?: Readonly<Partial<Record<AssetName, number>>>;
  /** What the assets declare to be added to a DN (offset / scale), where all that say it agree. */
  readonly declaredOffsetDn?: number;
  /** Title of the source that offers it, where several were asked. */
  readonly source?: string;
  /** The same acquisition as others offer it, the most wanted first: the way on when this one cannot be read. */
  readonly alternatives?: readonly Scene[];
}

/** Where scenes come from. */
export interface CatalogSource {
  /** `static` is a folder that holds `items.json` or `collection.json`. Found out by the search where left out. */
  readonly kind?: 'api' | 'static';
  /** Root URL of the API, or URL of the folder or of one of those files. */
  readonly url: string;
  /** Collections asked for, the most wanted first; API only. */
  readonly collections?: readonly string[];
  /** Whether the server can pick tiles by `grid:code`; they are picked here in any case. Yes where left out. */
  readonly tileQuery?: boolean;
  /** Name for people. */
  readonly title: string;
}

/** Both days inclusive, YYYY-MM-DD, UTC. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

export interface SceneQuery {
  readonly bbox: BboxWgs84;
  readonly range: DateRange;
  /** Restricts the search to these MGRS tiles where given. */
  readonly tiles?: readonly string[];
}

/** How the radiometric offset of a scene is treated, and why. Shown to users and kept in the report. */
export interface OffsetDecision {
  /** Added to every non-zero DN: 0, or -1000 where the producer's offset is still in the pixels. */
  readonly addDn: 0 | -1000;
  readonly rule: 'flag' | 'baseline' | 'collection' | 'dark-pixels' | 'user' | 'assumed';
  /** One sentence for people. */
  readonly reason: string;
}

export interface RejectedScene {
  readonly scene: Scene;
  /** One sentence for people. */
  readonly reason: string;
}

export interface SceneChoice {
  /** Ascending by time. A tile may have several scenes of a day: parts of a pass, and passes. */
  readonly chosen: readonly Scene[];
  readonly rejected: readonly RejectedScene[];
  /** Set where the strict cloud limits left too few dates and the looser table was taken. */
  readonly relaxed: boolean;
}
