import type { Scene } from '../../src/catalog';

/** A scene as a STAC item of a folder. */
export function itemOf({ id, collection, datetime, tile, epsg, cloudPercent, assets }: Scene): unknown {
  return {
    type: 'Feature',
    id,
    collection,
    properties: {
      datetime,
      'grid:code': `MGRS-${tile}`,
      'proj:epsg': epsg,
      'eo:cloud_cover': cloudPercent,
      'earthsearch:boa_offset_applied': true,
    },
    assets: Object.fromEntries(Object.entries(assets).map(([name, href]) => [name, { href, type: 'image/tiff' }])),
  };
}
