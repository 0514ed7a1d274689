import { CropError } from '../errors';
import { ALIGNMENT_TOLERANCE_PIXELS } from './limits';
import { numbersOf, type Directory } from './tiff-directories';
import { asWgs84Utm, utmByParameters } from './utm-codes';

export interface GeoReference {
  readonly epsg: number | null;
  readonly declaredEpsg: number | null;
  readonly xMin: number;
  readonly yMax: number;
  readonly pixelMetres: number;
}

/** Outer corner of the top left pixel and the size of a pixel, as the tags give them. */
interface Placement {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const PIXEL_IS_POINT = 2;
/** Value of a CRS key that stands for "described by other keys": no EPSG code. */
const USER_DEFINED_CRS = 32767;
/** Numbers of a ModelTransformation: four rows of four. */
const MATRIX_NUMBERS = 16;
/** Sizes and corners that are off by rounding were meant to be whole in this unit, metres. */
const MILLIMETRE = 1e-3;

/**
 * Reads where a north-up image of so many columns and rows lies (GeoTIFF 1.1: scale and tie point, or a transformation).
 * What rounding has moved by less than a thousandth of a pixel over the whole image is put back.
 * Throws `raster/unsupported` for images that are not north-up with square pixels.
 */
export function geoReferenceOf(url: string, directory: Directory, columns: number, rows: number): GeoReference {
  const unsupported = (what: string) => new CropError('raster/unsupported', { url, what });
  const placement = byTransformation(directory, unsupported) ?? byScale(directory);
  if (placement === null) throw unsupported('it says neither where it lies nor how large its pixels are');
  const { x, y, width, height } = placement;
  if (![x, y, width, height].every(Number.isFinite) || !(width > 0)) {
    throw unsupported('it is not placed north-up with square pixels');
  }
  if (height < 0) throw unsupported('its first row is the southernmost; gdalwarp turns it north-up');
  const size = Math.max(columns, rows);
  if (Math.abs(width - height) * size > ALIGNMENT_TOLERANCE_PIXELS * width) {
    throw unsupported(`its pixels are not square (${width} x ${height})`);
  }
  const pixelMetres = wholeSize(width, size);
  const declaredEpsg = epsgOf(directory);
  const epsg = declaredEpsg === null ? utmByParameters(directory) : asWgs84Utm(declaredEpsg);
  return { epsg, declaredEpsg, xMin: wholeCorner(x, pixelMetres), yMax: wholeCorner(y, pixelMetres), pixelMetres };
}

function byScale(directory: Directory): Placement | null {
  const scale = numbersOf(directory, 'ModelPixelScale');
  const tie = numbersOf(directory, 'ModelTiepoint');
  if (!scale || !tie) return null;
  const [width = NaN, height = NaN] = Array.from(scale);
  const [tieColumn = NaN, tieRow = NaN, , tieX = NaN, tieY = NaN] = Array.from(tie);
  const shift = centreShift(directory);
  return { x: tieX - (tieColumn + shift) * width, y: tieY + (tieRow + shift) * height, width, height };
}

function byTransformation(directory: Directory, unsupported: (what: string) => CropError): Placement | null {
  const matrix = Array.from(numbersOf(directory, 'ModelTransformation') ?? []);
  if (matrix.length !== MATRIX_NUMBERS) return null;
  const [width = NaN, turnX = NaN, , x = NaN, turnY = NaN, down = NaN, , y = NaN] = matrix;
  if (turnX !== 0 || turnY !== 0) throw unsupported('it is rotated; gdalwarp turns it north-up');
  const shift = centreShift(directory);
  return { x: x - shift * width, y: y - shift * down, width, height: -down };
}

/** With "pixel is point" places name the centre of a pixel, not its corner. */
function centreShift({ geoKeys }: Directory): number {
  return geoKeys['GTRasterTypeGeoKey'] === PIXEL_IS_POINT ? 0.5 : 0;
}

function wholeSize(metres: number, pixels: number): number {
  const whole = Math.round(metres / MILLIMETRE) * MILLIMETRE;
  // As a fraction the millimetre is rounded itself: 20 is, 0.1 times 200 is not.
  const exact = Number(whole.toFixed(3));
  return Math.abs(exact - metres) * pixels <= ALIGNMENT_TOLERANCE_PIXELS * metres ? exact : metres;
}

function wholeCorner(metres: number, pixelMetres: number): number {
  const whole = Math.round(metres);
  return Math.abs(whole - metres) <= ALIGNMENT_TOLERANCE_PIXELS * pixelMetres ? whole : metres;
}

function epsgOf({ geoKeys }: Directory): number | null {
  const code = geoKeys['ProjectedCSTypeGeoKey'] ?? geoKeys['GeographicTypeGeoKey'];
  return typeof code !== 'number' || code === USER_DEFINED_CRS || code === 0 ? null : code;
}
