import type { LonLat } from '../../geo';

/** A point or parcel whose season is asked for. */
export interface Place {
  readonly id: string;
  /** One point, or the closed rings of a parcel (even-odd, so holes and several parts are rings among the others). */
  readonly shape: { readonly point: LonLat } | { readonly rings: readonly (readonly LonLat[])[] };
}

/** Of the valid pixels of a place, in DN = reflectance x 10 000. */
export interface Quartiles {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** What a place showed on a date. */
export interface PlaceRow {
  readonly id: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Pixels whose centre lies in the place; 1 for a point, and for a parcel that holds no centre. */
  readonly pixels: number;
  /** Share of them that is valid, and that is cloud, shadow, cirrus or snow, 0 to 1 each. */
  readonly validShare: number;
  readonly cloudShare: number;
  /** Median over the valid pixels; null where there is none. */
  readonly ndvi: number | null;
  /** In the order of the bands; null where no pixel is valid. */
  readonly bands: readonly (Quartiles | null)[];
}
