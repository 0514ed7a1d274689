/** Scene classification codes that hide the ground: shadow, cloud medium and high, thin cirrus, snow (ESA L2A SCL). */
const OBSCURED: ReadonlySet<number> = new Set([3, 8, 9, 10, 11]);

/** Code of pixels outside the swath. */
export const NO_DATA = 0;

/** Whether a pixel of this SCL code shows cloud, shadow, cirrus or snow instead of the ground. */
export function isObscured(scl: number): boolean {
  return OBSCURED.has(scl);
}

/** Shares of a window's pixels that are obscured and that have no data, 0 to 1 each. */
export function clarity(scl: Uint8Array): { cloudShare: number; nodataShare: number } {
  let obscured = 0;
  let empty = 0;
  for (const code of scl) {
    if (code === NO_DATA) empty++;
    else if (OBSCURED.has(code)) obscured++;
  }
  return { cloudShare: obscured / scl.length, nodataShare: empty / scl.length };
}
