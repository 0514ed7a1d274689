import type { BboxWgs84 } from '../geo';

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
  /** UTC day of `datetime`, YYYY-MM-DD. */
  readonly date: string;
  readonly platform: string | null;
  readonly epsg: number | null;
  readonly bbox: BboxWgs84 | null;
  readonly cloudPercent: number | null;
  readonly snowPercent: number | null;
  /** Share of the tile without data, percent. */
  readonly nodataPercent: number | null;
  readonly processingBaseline: string | null;
  /** `earthsearch:boa_offset_applied`; null where the item does not say. */
  readonly boaOffsetApplied: boolean | null;
  /** Order among reprocessed products of one acquisition (higher is newer). */
  readonly sequence: number;
  /** True when the scene was painted by a simulator, not sensed. */
  readonly simulated: boolean;
  /** Absolute URLs by band. */
  readonly assets: Readonly<Partial<Record<AssetName, string>>>;
  /** What stands for no data in the files of bands, where the item says so. */
  readonly assetNodata?: Readonly<Partial<Record<AssetName, number>>>;
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
  /** Ascending by time; one scene per tile and day. */
  readonly chosen: readonly Scene[];
  readonly rejected: readonly RejectedScene[];
  /** Set where the strict cloud limits left too few dates and the looser table was taken. */
  readonly relaxed: boolean;
}
