/**
 * Grows the zeros of a map of 0 and 1, [rows, columns], by a square of the given radius, pixels. Beyond the edge there
 * are none. The map itself where there is nothing to grow.
 */
export function growZeros(map: Uint8Array<ArrayBuffer>, columns: number, radius: number): Uint8Array<ArrayBuffer> {
  if (radius === 0 || !map.includes(0)) return map;
  const rows = map.length / columns;
  const across = new Uint8Array(map.length);
  for (let row = 0; row < rows; row++) growLine(map, across, row * columns, 1, columns, radius);
  const grown = new Uint8Array(map.length);
  for (let column = 0; column < columns; column++) growLine(across, grown, column, columns, rows, radius);
  return grown;
}

/** One row or column: a pixel stays 1 where the nearest zeros before and after it are farther than the radius. */
function growLine(from: Uint8Array, to: Uint8Array, start: number, step: number, length: number, radius: number): void {
  let last = -Infinity;
  for (let at = 0; at < length; at++) {
    if (from[start + at * step] === 0) last = at;
    to[start + at * step] = at - last > radius ? 1 : 0;
  }
  let next = Infinity;
  for (let at = length - 1; at >= 0; at--) {
    if (from[start + at * step] === 0) next = at;
    if (next - at <= radius) to[start + at * step] = 0;
  }
}
