/** Scene classification codes that hide the ground: shadow, cloud medium and high, thin cirrus, snow (ESA L2A SCL). */
const OBSCURED: ReadonlySet<number> = new Set([3, 8, 9, 10, 11]);

/** As a table by code, for loops over pixels. */
const HIDES = Uint8Array.from({ length: 256 }, (_, code) => (OBSCURED.has(code) ? 1 : 0));

/** Code of pixels that were not seen. */
export const NO_DATA = 0;

/** First and last code of a pixel that was seen; 1 is saturated or defective, 12 and above are none of ESA's. */
const FIRST_SEEN = 2;
const LAST_SEEN = 11;

/** Whether a pixel of this SCL code was seen, be it cloud or ground. */
export function isSeen(scl: number): boolean {
  return scl >= FIRST_SEEN && scl <= LAST_SEEN;
}

/** Whether a pixel of this SCL code shows cloud, shadow, cirrus or snow instead of the ground. */
export function isObscured(scl: number): boolean {
  return HIDES[scl] === 1;
}

/** Shares of a window's pixels that are obscured and that were not seen, 0 to 1 each. */
export function clarity(scl: Uint8Array): { cloudShare: number; nodataShare: number } {
  let obscured = 0;
  let unseen = 0;
  for (const code of scl) {
    if (!isSeen(code)) unseen++;
    else if (isObscured(code)) obscured++;
  }
  return { cloudShare: obscured / scl.length, nodataShare: unseen / scl.length };
}
