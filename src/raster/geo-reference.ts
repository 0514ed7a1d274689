import { CropError } from '../errors';
import type { Ifd } from './tiff-ifd';
import { GEO_KEY, TAG, USER_DEFINED_CRS } from './tiff-tags';

export interface GeoReference {
  readonly epsg: number | null;
  readonly xMin: number;
  readonly yMax: number;
  readonly pixelMetres: number;
}

const PIXEL_IS_POINT = 2;
const KEY_VALUES = 4;
/** Pixels are called square when width and height differ by no more than this share. */
const SQUARE_TOLERANCE = 1e-9;

/** Reads where a north-up image lies (GeoTIFF 1.1, scale and tie point). Throws `raster/unsupported` for others. */
export function geoReferenceOf(url: string, ifd: Ifd): GeoReference {
  const scale = ifd.numbers(TAG.modelPixelScale) ?? [];
  const tie = ifd.numbers(TAG.modelTiepoint) ?? [];
  const [width = NaN, height = NaN] = scale;
  const [tieColumn = NaN, tieRow = NaN, , tieX = NaN, tieY = NaN] = tie;
  const keys = geoKeysOf(ifd.numbers(TAG.geoKeyDirectory) ?? []);
  // With "pixel is point" the tie point names the centre of a pixel, not its corner.
  const shift = keys.get(GEO_KEY.rasterType) === PIXEL_IS_POINT ? 0.5 : 0;
  const xMin = tieX - (tieColumn + shift) * width;
  const yMax = tieY + (tieRow + shift) * height;
  const square = Math.abs(width - height) <= SQUARE_TOLERANCE * width;
  if (!(width > 0) || !square || !Number.isFinite(xMin) || !Number.isFinite(yMax)) {
    throw new CropError('raster/unsupported', { url, what: 'it is not placed north-up with square pixels' });
  }
  return { epsg: epsgOf(keys), xMin, yMax, pixelMetres: width };
}

function epsgOf(keys: ReadonlyMap<number, number>): number | null {
  const code = keys.get(GEO_KEY.projectedCrs) ?? keys.get(GEO_KEY.geographicCrs) ?? USER_DEFINED_CRS;
  return code === USER_DEFINED_CRS || code === 0 ? null : code;
}

/** Keys whose value stands in the directory itself: four numbers each (key, place, count, value) after a header of four. */
function geoKeysOf(directory: readonly number[]): ReadonlyMap<number, number> {
  const keys = new Map<number, number>();
  for (let at = KEY_VALUES; at + KEY_VALUES <= directory.length; at += KEY_VALUES) {
    const [key = 0, place = 0, , value = 0] = directory.slice(at, at + KEY_VALUES);
    if (place === 0) keys.set(key, value);
  }
  return keys;
}
