const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

const LANE_BYTES = 4;
const STRIPE_BYTES = 16;

/**
 * xxHash32 of `bytes`, unsigned (the specification in doc/xxhash_spec.md of the xxHash project). Against damage, not
 * against people: it costs a tenth of a CRC-32 table in JavaScript, and a date of 25 MB has to be checked on each read.
 */
export function checksum(bytes: Uint8Array<ArrayBuffer>, seed = 0): number {
  const { length } = bytes;
  const lanes = lanesOf(bytes);
  let lane = 0;
  let hash = (seed + PRIME_5) | 0;
  if (length >= STRIPE_BYTES) {
    let a = (seed + PRIME_1 + PRIME_2) | 0;
    let b = (seed + PRIME_2) | 0;
    let c = seed | 0;
    let d = (seed - PRIME_1) | 0;
    const end = Math.floor(length / STRIPE_BYTES) * (STRIPE_BYTES / LANE_BYTES);
    while (lane < end) {
      a = round(a, lanes[lane]!);
      b = round(b, lanes[lane + 1]!);
      c = round(c, lanes[lane + 2]!);
      d = round(d, lanes[lane + 3]!);
      lane += 4;
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  }
  hash = (hash + length) | 0;
  for (; lane < lanes.length; lane++) {
    hash = Math.imul(rotate((hash + Math.imul(lanes[lane]!, PRIME_3)) | 0, 17), PRIME_4);
  }
  for (let at = lanes.length * LANE_BYTES; at < length; at++) {
    hash = Math.imul(rotate((hash + Math.imul(bytes[at]!, PRIME_5)) | 0, 11), PRIME_1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whole 32-bit words; little-endian, as is every platform that runs JavaScript. */
function lanesOf(bytes: Uint8Array<ArrayBuffer>): Uint32Array {
  const aligned = bytes.byteOffset % LANE_BYTES === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / LANE_BYTES));
}

function round(state: number, lane: number): number {
  return Math.imul(rotate((state + Math.imul(lane, PRIME_2)) | 0, 13), PRIME_1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
