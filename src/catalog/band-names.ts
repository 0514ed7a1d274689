import * as v from 'valibot';
import { maybe } from './maybe';
import type { AssetName } from './types';

/** Names of a band in catalogues, lower case: Earth Search's first, then Sentinel-2's own, then STAC's common names. */
const NAMES: Readonly<Record<AssetName, readonly string[]>> = {
  B02: ['blue', 'b02', 'b2'],
  B03: ['green', 'b03', 'b3'],
  B04: ['red', 'b04', 'b4'],
  B05: ['rededge1', 'b05', 'b5', 'rededge071'],
  B06: ['rededge2', 'b06', 'b6', 'rededge075'],
  B07: ['rededge3', 'b07', 'b7', 'rededge078'],
  B08: ['nir', 'b08', 'b8'],
  B8A: ['nir08', 'b8a'],
  B11: ['swir16', 'b11'],
  B12: ['swir22', 'b12'],
  SCL: ['scl'],
};

export const ASSET_NAMES = Object.keys(NAMES) as AssetName[];

/** Metres per pixel at the end of a key: `B02_10m`. */
const RESOLUTION = /[-_]?(\d{2})m$/;

/** Roles and words of assets that show bands but are none: pictures, angles, copies of other kinds. */
const NO_BAND = /thumbnail|overview|preview|visual|metadata|angle|snow-mask|cloud/i;

/** What an asset says of its band, field by field in the spelling of STAC 1.1 or of the EO extension of 1.0. */
export const NAME_FIELDS = {
  name: maybe(v.string()),
  'eo:common_name': maybe(v.string()),
  common_name: maybe(v.string()),
};

/** What `NAME_FIELDS` read. */
type RawName = Readonly<Record<keyof typeof NAME_FIELDS, string | null>>;

/** What the choice of an asset for a band looks at. */
export interface BandAsset {
  readonly gsd: number | null;
  readonly roles: readonly (string | null)[] | null;
  readonly bands: readonly (RawName | null)[] | null;
  readonly 'eo:bands': readonly (RawName | null)[] | null;
}

/**
 * Which band an asset holds and how much it is wanted for it, 0 being the most; null where it holds none, or several.
 * Its key says it, as it is or with the metres of its pixels (`B05_20m`); else the name of its only band does. Of the
 * same band in several resolutions the finest is taken.
 */
export function bandOf(key: string, asset: BandAsset): { readonly name: AssetName; readonly rank: number } | null {
  const lower = key.toLowerCase();
  const metres = RESOLUTION.exec(lower)?.[1];
  const fineness = asset.gsd ?? (metres === undefined ? 0 : Number(metres));
  const plain = named(lower);
  if (plain !== null) return plain;
  const resolved = named(lower.replace(RESOLUTION, ''));
  if (resolved !== null) return { name: resolved.name, rank: AFTER_KEYS + fineness };
  const bands = asset['eo:bands'] ?? asset.bands;
  const only = bands?.length === 1 ? bands[0] : null;
  if (!only || NO_BAND.test([lower, ...(asset.roles ?? [])].join(' '))) return null;
  const told = [only.name, only['eo:common_name'], only.common_name];
  const byName = told.map((name) => named(name?.toLowerCase() ?? '')).find((found) => found !== null);
  return byName === undefined || byName === null ? null : { name: byName.name, rank: AFTER_KEYS * 2 + fineness };
}

/** More than any number of names, and than the metres of any pixel. */
const AFTER_KEYS = 1000;

function named(name: string): { readonly name: AssetName; readonly rank: number } | null {
  for (const asset of ASSET_NAMES) {
    const rank = NAMES[asset].indexOf(name);
    if (rank >= 0) return { name: asset, rank };
  }
  return null;
}
