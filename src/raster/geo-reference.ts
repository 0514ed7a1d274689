import { CropError } from '../errors';
import { numbersOf, type Directory } from './tiff-directories';

export interface GeoReference {
  readonly epsg: number | null;
  readonly xMin: number;
  readonly yMax: number;
  readonly pixelMetres: number;
}

const PIXEL_IS_POINT = 2;
/** Value of a CRS key that stands for "described by other keys": no EPSG code. */
const USER_DEFINED_CRS = 32767;
/** Pixels are called square when width and height differ by no more than this share. */
const SQUARE_TOLERANCE = 1e-9;

/** Reads where a north-up image lies (GeoTIFF 1.1, scale and tie point). Throws `raster/unsupported` for others. */
export function geoReferenceOf(url: string, directory: Directory): GeoReference {
  const scale = numbersOf(directory, 'ModelPixelScale') ?? [];
  const tie = numbersOf(directory, 'ModelTiepoint') ?? [];
  const [width = NaN, height = NaN] = Array.from(scale);
  const [tieColumn = NaN, tieRow = NaN, , tieX = NaN, tieY = NaN] = Array.from(tie);
  // With "pixel is point" the tie point names the centre of a pixel, not its corner.
  const shift = directory.geoKeys['GTRasterTypeGeoKey'] === PIXEL_IS_POINT ? 0.5 : 0;
  const xMin = tieX - (tieColumn + shift) * width;
  const yMax = tieY + (tieRow + shift) * height;
  const square = Math.abs(width - height) <= SQUARE_TOLERANCE * width;
  if (!(width > 0) || !square || !Number.isFinite(xMin) || !Number.isFinite(yMax)) {
    throw new CropError('raster/unsupported', { url, what: 'it is not placed north-up with square pixels' });
  }
  return { epsg: epsgOf(directory), xMin, yMax, pixelMetres: width };
}

function epsgOf({ geoKeys }: Directory): number | null {
  const code = geoKeys['ProjectedCSTypeGeoKey'] ?? geoKeys['GeographicTypeGeoKey'];
  return typeof code !== 'number' || code === USER_DEFINED_CRS || code === 0 ? null : code;
}
