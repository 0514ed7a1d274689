import { describe, expect, it } from 'vitest';
import { parseItem } from '../../../src/catalog/item';
import { itemOf } from './scenes';

/** What an item with these assets declares of its pixels. */
function declared(assets: Record<string, unknown>): unknown {
  const parsed = parseItem(itemOf('a', '2019-06-06T10:10:31Z', {}, { assets }), 'https://x.test/items.json');
  if (!('scene' in parsed)) return parsed.problem;
  const { assetNodata, declaredOffsetDn } = parsed.scene;
  return { assetNodata, declaredOffsetDn };
}

const href = 'https://x.test/a.tif';

describe('what assets declare of their pixels', () => {
  it('is read from raster:bands of STAC 1.0, of the assets that are read', () => {
    const band = { nodata: 65_535, scale: 0.0001, offset: -0.1 };
    const assets = {
      blue: { href, 'raster:bands': [band] },
      'blue-jp2': { href: 'https://x.test/a.jp2', 'raster:bands': [{ nodata: 7 }] },
      scl: { href, 'raster:bands': [{ nodata: 255 }] },
    };
    expect(declared(assets)).toEqual({ assetNodata: { B02: 65_535, SCL: 255 }, declaredOffsetDn: -1000 });
  });

  it('is read from the asset or its bands in STAC 1.1', () => {
    const assets = {
      B02: { href, nodata: 0, 'raster:scale': 0.0001, 'raster:offset': -0.1, bands: [{ name: 'B02' }] },
      B03: { href, bands: [{ nodata: -9999, 'raster:scale': 0.0001, 'raster:offset': -0.1 }] },
    };
    expect(declared(assets)).toEqual({ assetNodata: { B02: 0, B03: -9999 }, declaredOffsetDn: -1000 });
  });

  it('is left out where it is not said, is no number, or is not the same for all bands', () => {
    const assets = {
      blue: { href, 'raster:bands': [{ nodata: 'nan', scale: 0.0001, offset: 0 }] },
      green: { href, 'raster:bands': [{ nodata: '0', scale: 0.0001, offset: -0.1 }] },
      red: { href, 'raster:bands': 'none' },
      nir: { href, 'raster:bands': [null], bands: [{ nodata: {} }] },
    };
    expect(declared(assets)).toEqual({ assetNodata: { B03: 0 }, declaredOffsetDn: undefined });
    expect(declared({ blue: { href } })).toEqual({ assetNodata: undefined, declaredOffsetDn: undefined });
  });
});
