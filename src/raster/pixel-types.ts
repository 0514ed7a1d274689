import type { Pixels } from './types';

/** Array of each kind of pixel that is read. */
const ARRAYS = {
  uint8: Uint8Array<ArrayBuffer>,
  int8: Int8Array<ArrayBuffer>,
  uint16: Uint16Array<ArrayBuffer>,
  int16: Int16Array<ArrayBuffer>,
  uint32: Uint32Array<ArrayBuffer>,
  int32: Int32Array<ArrayBuffer>,
  float32: Float32Array<ArrayBuffer>,
  float64: Float64Array<ArrayBuffer>,
} as const;

export type PixelType = keyof typeof ARRAYS;

/** Least and greatest value of a kind of pixel. */
export interface PixelLimits {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

/** Zeros, so many pixels. */
export function createPixels(type: PixelType, length: number): Pixels {
  return asPixels(type, new Uint8Array(length * ARRAYS[type].BYTES_PER_ELEMENT));
}

/** Bytes of a whole number of pixels as pixels, in place; `bytes` must begin where pixels of the type may. */
export function asPixels(type: PixelType, bytes: Uint8Array<ArrayBuffer>): Pixels {
  const { BYTES_PER_ELEMENT } = ARRAYS[type];
  return new ARRAYS[type](bytes.buffer, bytes.byteOffset, bytes.length / BYTES_PER_ELEMENT);
}

/** The kind of pixel that an array holds. */
export function typeOf(pixels: Pixels): PixelType {
  const [type] = Object.entries(ARRAYS).find(([, array]) => pixels instanceof array)!;
  return type as PixelType;
}

export function limitsOf(type: PixelType): PixelLimits {
  if (type === 'float32' || type === 'float64') return { least: -Infinity, most: Infinity, isWhole: false };
  const bits = 8 * ARRAYS[type].BYTES_PER_ELEMENT;
  return type.startsWith('u')
    ? { least: 0, most: 2 ** bits - 1, isWhole: true }
    : { least: -(2 ** (bits - 1)), most: 2 ** (bits - 1) - 1, isWhole: true };
}

/** A value as pixels of the type hold it, or null where they cannot: -1 in unsigned pixels, NaN in whole ones. */
export function storedValue(type: PixelType, value: number): number | null {
  const { least, most, isWhole } = limitsOf(type);
  if (isWhole) return Number.isInteger(value) && value >= least && value <= most ? value : null;
  const stored = type === 'float32' ? Math.fround(value) : value;
  return Number.isFinite(value) && !Number.isFinite(stored) ? null : stored;
}

/** The value that GDAL gives a valid pixel that came out as nodata: the next one. */
export function besidesNodata(nodata: number, most: number): number {
  return nodata === most ? nodata - 1 : nodata + 1;
}

/** Rounds halves away from 0, as GDAL does on the way to a whole type, and stays within its limits. */
export function roundTo(value: number, { least, most }: PixelLimits): number {
  const rounded = value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
  return rounded < least ? least : rounded > most ? most : rounded;
}

/** How a computed value is stored in pixels of a type so that it is not taken for no data. */
export function storeIn(type: PixelType, nodata: number | null): (value: number) => number {
  const limits = limitsOf(type);
  if (!limits.isWhole) return (value) => value;
  const instead = nodata === null ? 0 : besidesNodata(nodata, limits.most);
  return (value) => {
    const rounded = roundTo(value, limits);
    return rounded === nodata ? instead : rounded;
  };
}
