import { MERGE_GAP_BYTES, MERGE_MAX_BYTES } from './limits';

/** Bytes of one stored tile. `key` is for whoever asked. */
export interface TileSlice<Key> {
  readonly key: Key;
  readonly offset: number;
  readonly count: number;
}

/** One request and the slices that it brings. */
export interface ByteRange<Key> {
  readonly offset: number;
  readonly length: number;
  readonly slices: readonly TileSlice<Key>[];
}

/**
 * Joins slices that lie near each other in the file, so that a window costs few requests: neighbours are joined when at
 * most 64 KiB lie between them and the joined range stays within 4 MiB. A single slice may be larger than that.
 */
export function mergeSlices<Key>(slices: readonly TileSlice<Key>[]): ByteRange<Key>[] {
  const ordered = [...slices].sort((one, other) => one.offset - other.offset);
  const ranges: { offset: number; length: number; slices: TileSlice<Key>[] }[] = [];
  for (const slice of ordered) {
    const last = ranges.at(-1);
    const end = slice.offset + slice.count;
    const near = last !== undefined && slice.offset - (last.offset + last.length) <= MERGE_GAP_BYTES;
    if (last && near && end - last.offset <= MERGE_MAX_BYTES) {
      last.length = Math.max(last.length, end - last.offset);
      last.slices.push(slice);
    } else {
      ranges.push({ offset: slice.offset, length: slice.count, slices: [slice] });
    }
  }
  return ranges;
}
