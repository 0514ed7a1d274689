/**
 * Half-precision floats (IEEE 754 binary16) as their bits: features of rounded networks are kept so, at half the memory.
 * Beside convolutions in 8 bits, their eleven significant bits are exact.
 */

/** 65520 as a float: from here on the nearest half would be infinite. */
const OVERFLOW = 0x477ff000;
/** Bits of the largest half, 65504. */
const LARGEST = 0x7bff;
/** 2^-14 as a float: below it halves have no implicit one, and their steps are all 2^-24. */
const SUBNORMAL = 0x38800000;
const INFINITE = 0x7f800000;
const NOT_A_NUMBER = 0x7e00;
/** Difference of the exponents' biases, 127 - 15, in a float's place. */
const REBIAS = 0x38000000;

/** Floats as the nearest halves, ties to even; what is too large becomes the largest, so that nothing is infinite. */
export function packHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const packed = new Uint16Array(values.length);
  for (let at = 0; at < bits.length; at += 1) {
    const sign = (bits[at]! >>> 16) & 0x8000;
    const magnitude = bits[at]! & 0x7fffffff;
    if (magnitude < SUBNORMAL) packed[at] = sign | roundToEven(Math.abs(values[at]!) * 2 ** 24);
    else if (magnitude < OVERFLOW) packed[at] = sign | ((magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    else packed[at] = sign | (magnitude > INFINITE ? NOT_A_NUMBER : LARGEST);
  }
  return packed;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

const VALUES = /* @__PURE__ */ Float32Array.from({ length: 1 << 16 }, (_, bits) => valueOf(bits));

function valueOf(bits: number): number {
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Values `from` to `from + count`, halves or floats, as floats, written to `target` at `to`. */
export function unpack(
  target: Float32Array,
  to: number,
  packed: Uint16Array | Float32Array,
  from: number,
  count: number,
): void {
  if (packed instanceof Float32Array) target.set(packed.subarray(from, from + count), to);
  else for (let at = 0; at < count; at += 1) target[to + at] = VALUES[packed[from + at]!]!;
}
