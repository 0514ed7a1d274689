/** Bytes `start` to `end`, the last one not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is left of `wanted` when the spans in `have` are taken out, ascending. */
export function gapsIn(wanted: Span, have: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let at = wanted.start;
  for (const { start, end } of [...have].sort((a, b) => a.start - b.start)) {
    if (start > at) gaps.push({ start: at, end: Math.min(start, wanted.end) });
    at = Math.max(at, end);
    if (at >= wanted.end) return gaps;
  }
  if (at < wanted.end) gaps.push({ start: at, end: wanted.end });
  return gaps;
}

/** Whether two spans share a byte. */
export function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}

/** Copies what `from` (bytes of a file from `start` on) has of `wanted` to its place in `target`. */
export function placeBytes(target: Uint8Array, wanted: Span, from: Uint8Array, start: number): void {
  const first = Math.max(wanted.start, start);
  const end = Math.min(wanted.end, start + from.length);
  if (first < end) target.set(from.subarray(first - start, end - start), first - wanted.start);
}
