import type { AssetName, Scene } from '../../../src/catalog';

const BANDS = ['B02', 'B03', 'B04', 'B05', 'B06', 'B07', 'B08', 'B8A', 'B11', 'B12', 'SCL'] as const;

/** A clear scene of 33UVR on a day, with every band; anything may be overridden. */
export function sceneOn(date: string, changes: Partial<Scene> = {}): Scene {
  const id = changes.id ?? `S2A_33UVR_${date.replaceAll('-', '')}_0_L2A`;
  return {
    id,
    collection: 'sentinel-2-l2a',
    tile: '33UVR',
    datetime: `${date}T10:10:31.000Z`,
    date,
    platform: 'sentinel-2a',
    epsg: 32633,
    bbox: [13.6, 49.5, 15.2, 50.6],
    cloudPercent: 10,
    snowPercent: 0,
    nodataPercent: 0,
    processingBaseline: '02.12',
    boaOffsetApplied: null,
    sequence: 0,
    simulated: false,
    assets: assetsOf(id, BANDS),
    ...changes,
  };
}

/** Addresses of some bands. */
export function assetsOf(id: string, names: readonly AssetName[]): Partial<Record<AssetName, string>> {
  return Object.fromEntries(names.map((name) => [name, `https://x.test/${id}/${name}.tif`]));
}

/** A STAC item in Earth Search's manner; `properties` and `rest` override. */
export function itemOf(
  id: string,
  datetime: string,
  properties: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    id,
    collection: 'sentinel-2-l2a',
    bbox: [14.3, 50, 14.5, 50.1],
    properties: { datetime, 'grid:code': 'MGRS-33UVR', 'eo:cloud_cover': 12.5, ...properties },
    assets: { scl: { href: `./${id}/SCL.tif` }, blue: { href: `./${id}/B02.tif` } },
    ...rest,
  };
}
