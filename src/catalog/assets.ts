import { absoluteUrl } from '../net';
import type { AssetName } from './types';

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
export interface RawAsset {
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
  for (const name of ASSET_NAMES) {
    for (const key of KEYS[name]) {
      const asset = Object.hasOwn(assets, key) ? assets[key] : null;
      const url = asset === null || asset === undefined ? null : readableUrl(asset, base);
      if (url !== null) urls[name] ??= url;
    }
  }
  return urls;
}

function readableUrl({ href, type }: RawAsset, base: string): string | null {
  if (!URL.canParse(href, base)) return null;
  const url = absoluteUrl(href, base);
  const { protocol, pathname } = new URL(url);
  if (!READABLE.includes(protocol)) return null;
  return type === 'image/jp2' || /\.jp2$/i.test(pathname) ? null : url;
}
