import { reflectPlanes } from './reflect';
import type { FloatTensor, TileSize } from './types';

/** Which pixels of a date are valid, [rows, columns] of 1 and 0; null where all are. */
export type Validity = Uint8Array<ArrayBuffer> | null;

/** A map of validity as it is kept: grown as the pixels are, and null where it holds back nothing. */
export function takeValidity(valid: Validity, tile: TileSize, size: TileSize): Validity {
  return valid === null || !valid.includes(0) ? null : reflectPlanes(valid, tile, size);
}

/** A copy of planes [bands, pixels] with zeros where pixels are not valid: not even what is no number matters there. */
export function maskPixels(planes: Float32Array<ArrayBuffer>, valid: Uint8Array): Float32Array<ArrayBuffer> {
  const masked = planes.slice();
  for (let first = 0; first < masked.length; first += valid.length) {
    for (let at = 0; at < valid.length; at += 1) if (valid[at] === 0) masked[first + at] = 0;
  }
  return masked;
}

/** Validity at a scale that is coarser by a power of two: a coarse pixel is valid where any of its pixels is. */
export function coarserValidity(valid: Validity, { rows, columns }: TileSize, scale: number): Validity {
  if (valid === null || scale === 1) return valid;
  const across = columns / scale;
  const coarse = new Uint8Array((rows / scale) * across);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (valid[row * columns + column] === 0) continue;
      coarse[Math.floor(row / scale) * across + Math.floor(column / scale)] = 1;
    }
  }
  return coarse;
}

/** The pixels `start` to `start + count` of several dates, [dates, count]; null where all are valid. */
export function validityStrip(dates: readonly Validity[], start: number, count: number): Validity {
  if (dates.every((valid) => valid === null)) return null;
  const strip = new Uint8Array(dates.length * count).fill(1);
  dates.forEach((valid, date) => {
    if (valid !== null) strip.set(valid.subarray(start, start + count), date * count);
  });
  return strip;
}

/** Validity as a tensor of a network. */
export function validityTensor(valid: Validity, shape: readonly number[]): FloatTensor {
  const count = shape.reduce((size, length) => size * length, 1);
  return { data: valid === null ? new Float32Array(count).fill(1) : Float32Array.from(valid), shape };
}
