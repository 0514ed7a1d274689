const SKIP = -128;

/**
 * Undoes PackBits (TIFF 6.0, section 9) into exactly `expected` bytes. Ours, because the decoder of geotiff.js gathers
 * single numbers without an end. Throws a plain Error that says what is wrong.
 */
export function decodePackBits(bytes: Uint8Array, expected: number): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(expected);
  const heads = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  let [at, filled] = [0, 0];
  while (filled < expected && at < bytes.length) {
    const head = heads[at++];
    if (head === SKIP) continue;
    const run = Math.abs(head) + 1;
    if (filled + run > expected) throw new Error(`it holds more than ${expected} bytes`);
    const stored = head < 0 ? 1 : run;
    if (at + stored > bytes.length) break;
    if (head < 0) output.fill(bytes[at], filled, filled + run);
    else output.set(bytes.subarray(at, at + run), filled);
    at += stored;
    filled += run;
  }
  if (filled < expected) throw new Error(`it holds ${filled} of ${expected} bytes`);
  return output;
}
