import type { BboxWgs84 } from '../geo';

/** What a network was trained on, as far as its card says it (`training.scope`): outside of it nobody has tried it. */
export interface TrainingScope {
  /** Places of the training data; a box reaches as far as their climate and farming are taken to. */
  readonly regions?: readonly { readonly name: string; readonly bbox: BboxWgs84 }[];
  /** First and last day since the card's date reference, both inclusive. */
  readonly days?: readonly [first: number, last: number];
  /** Least and greatest number of dates that one pass of the network saw. */
  readonly dates?: readonly [least: number, most: number];
  /** As STAC names them: `sentinel-2a`. */
  readonly platforms?: readonly string[];
  /**
   * Of each training series the median of its clear pixels over all dates, by band; of these medians the quantiles:
   * `dn` is [bands, quantiles], in the order of the card's bands.
   */
  readonly medians?: { readonly quantiles: readonly number[]; readonly dn: readonly (readonly number[])[] };
}

/** One way in which a map lies outside of what its network was trained on. */
export interface ScopeFinding {
  readonly aspect: 'hemisphere' | 'region' | 'months' | 'dates' | 'sensor' | 'pixels';
  /** One or more sentences, with the numbers. */
  readonly message: string;
}
