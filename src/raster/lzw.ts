const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const LEAST_BITS = 9;
const MOST_BITS = 12;
const TABLE = 2 ** MOST_BITS;

/**
 * Undoes the LZW of TIFF 6.0 (section 13) into exactly `expected` bytes. Ours, because the decoder of geotiff.js writes
 * as much as a damaged stream says. Throws a plain Error that says what is wrong.
 */
export function decodeLzw(bytes: Uint8Array, expected: number): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(expected);
  const prefixes = new Uint16Array(TABLE);
  const last = Uint8Array.from({ length: TABLE }, (_, code) => code & 0xff);
  const lengths = new Uint16Array(TABLE).fill(1);
  let [next, width, previous] = [FIRST_FREE, LEAST_BITS, -1];
  let [buffer, bits, at, filled] = [0, 0, 0, 0];

  while (filled < expected) {
    while (bits < width && at < bytes.length) {
      buffer = ((buffer << 8) | bytes[at++]) & 0xff_ffff;
      bits += 8;
    }
    if (bits < width) break;
    bits -= width;
    const code = (buffer >>> bits) & ((1 << width) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      [next, width, previous] = [FIRST_FREE, LEAST_BITS, -1];
      continue;
    }
    const isNew = code >= next;
    if (isNew && (code > next || previous < 0)) throw new Error(`its LZW stream names code ${code} too early`);
    const known = isNew ? previous : code;
    const end = filled + lengths[known];
    if (end + Number(isNew) > expected) throw new Error(`it holds more than ${expected} bytes`);
    for (let to = end - 1, part = known; to >= filled; to--, part = prefixes[part]) output[to] = last[part];
    const first = output[filled];
    if (isNew) output[end] = first;
    filled = end + Number(isNew);
    if (previous >= 0 && next < TABLE) {
      prefixes[next] = previous;
      last[next] = first;
      lengths[next] = lengths[previous] + 1;
      next++;
    }
    // Codes become longer one code early, as the first writers of TIFF did it.
    if (next + 1 >= 1 << width && width < MOST_BITS) width++;
    previous = code;
  }
  if (filled < expected) throw new Error(`it holds ${filled} of ${expected} bytes`);
  return output;
}
