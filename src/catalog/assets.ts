import { readableUrl, type RawHrefs } from './asset-href';
import { ASSET_NAMES, type BandAsset, bandOf } from './band-names';
import { type DeclaredPixels, declaredPixels, type RawPixels } from './raster-bands';
import type { AssetName, Scene } from './types';

/** What is looked at in an asset. */
export type RawAsset = RawHrefs & RawPixels & BandAsset;

/**
 * Absolute addresses of the bands, by key (the order of keys is random in Earth Search) or by what an asset says of its
 * band. JPEG 2000 copies are left out, as are addresses that nothing here can read.
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
  const found = Object.entries(assets).flatMap(([key, asset]) => {
    const band = asset === null || readableUrl(asset, base) === null ? null : bandOf(key, asset);
    return asset === null || band === null ? [] : [{ ...band, asset }];
  });
  return ASSET_NAMES.flatMap((name) =>
    found
      .filter((one) => one.name === name)
      .sort((a, b) => a.rank - b.rank)
      .map(({ asset }) => [name, asset] as const),
  );
}
