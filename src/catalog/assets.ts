import { absoluteUrl } from '../net';
import { type DeclaredPixels, declaredPixels, type RawPixels } from './raster-bands';
import type { AssetName, Scene } from './types';

/** Keys under which catalogues file a band: Earth Search's common names first, then the plain band names. */
const KEYS: Readonly<Record<AssetName, readonly string[]>> = {
  B02: ['blue', 'B02'],
  B03: ['green', 'B03'],
  B04: ['red', 'B04'],
  B05: ['rededge1', 'B05'],
  B06: ['rededge2', 'B06'],
  B07: ['rededge3', 'B07'],
  B08: ['nir', 'B08'],
  B8A: ['nir08', 'B8A'],
  B11: ['swir16', 'B11'],
  B12: ['swir22', 'B12'],
  SCL: ['scl', 'SCL'],
};

export const ASSET_NAMES = Object.keys(KEYS) as AssetName[];

/** Schemes a transport can read; `s3:` needs an account. */
const READABLE = ['http:', 'https:', 'file:'];

/** What is looked at in an asset. */
export interface RawAsset extends RawPixels {
  readonly href: string;
  readonly type: string | null;
}

/**
 * Absolute addresses of the bands, by key (the order of keys is random in Earth Search). JPEG 2000 copies are left
 * out, as are addresses that nothing here can read.
 */
export function bandUrls(
  assets: Readonly<Record<string, RawAsset | null>>,
  base: string,
): Partial<Record<AssetName, string>> {
  const urls: Partial<Record<AssetName, string>> = {};
  for (const [name, asset] of readableAssets(assets, base)) urls[name] ??= readableUrl(asset, base)!;
  return urls;
}

/**
 * What the assets of `bandUrls` declare of their pixels: nodata values by band, and what has to be added to the DN of
 * reflectances where all bands that say it agree. Fields that nothing is said of are left out.
 */
export function bandPixels(
  assets: Readonly<Record<string, RawAsset | null>>,
  base: string,
): Pick<Scene, 'assetNodata' | 'declaredOffsetDn'> {
  const declared: Partial<Record<AssetName, DeclaredPixels>> = {};
  for (const [name, asset] of readableAssets(assets, base)) declared[name] ??= declaredPixels(asset);
  const nodata = Object.entries(declared).filter(([, { nodata }]) => nodata !== null);
  const offsets = Object.entries(declared).flatMap(([name, { offsetDn }]) => (name === 'SCL' ? [] : [offsetDn]));
  const [offset = null, ...others] = new Set(offsets.filter((one) => one !== null));
  return {
    ...(nodata.length === 0
      ? {}
      : { assetNodata: Object.fromEntries(nodata.map(([name, one]) => [name, one.nodata!])) }),
    ...(offset === null || others.length > 0 ? {} : { declaredOffsetDn: offset }),
  };
}

/** Assets of bands that can be read, in the order of preference for each band. */
function readableAssets(
  assets: Readonly<Record<string, RawAsset | null>>,
  base: string,
): (readonly [AssetName, RawAsset])[] {
  return ASSET_NAMES.flatMap((name) =>
    KEYS[name].flatMap((key) => {
      const asset = Object.hasOwn(assets, key) ? assets[key] : null;
      return asset === null || asset === undefined || readableUrl(asset, base) === null ? [] : [[name, asset] as const];
    }),
  );
}

function readableUrl({ href, type }: RawAsset, base: string): string | null {
  if (!URL.canParse(href, base)) return null;
  const url = absoluteUrl(href, base);
  const { protocol, pathname } = new URL(url);
  if (!READABLE.includes(protocol)) return null;
  return type === 'image/jp2' || /\.jp2$/i.test(pathname) ? null : url;
}
