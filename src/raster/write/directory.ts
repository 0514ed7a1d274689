import { FIELD, FIELD_BYTES } from './tags';

/** One tag to write. Text is given as ASCII bytes with their closing zero. */
export interface TagEntry {
  readonly tag: number;
  readonly type: number;
  readonly values: readonly number[];
}

const ENTRY_BYTES = 12;
const COUNT_BYTES = 2;
const LINK_BYTES = 4;
const INLINE_BYTES = 4;

/** Bytes that a directory takes with the values that do not fit into its entries. */
export function directoryBytes(entries: readonly TagEntry[]): number {
  const outside = entries.map(valueBytes).filter((bytes) => bytes > INLINE_BYTES);
  return outside.reduce((sum, bytes) => sum + even(bytes), COUNT_BYTES + entries.length * ENTRY_BYTES + LINK_BYTES);
}

/** Writes a little-endian classic TIFF directory at `at`, its long values right behind it, `next` as its link. */
export function writeDirectory(view: DataView, at: number, entries: readonly TagEntry[], next: number): void {
  const ordered = [...entries].sort((one, other) => one.tag - other.tag);
  view.setUint16(at, ordered.length, true);
  let entryAt = at + COUNT_BYTES;
  let valuesAt = entryAt + ordered.length * ENTRY_BYTES + LINK_BYTES;
  for (const entry of ordered) {
    const bytes = valueBytes(entry);
    const inline = bytes <= INLINE_BYTES;
    view.setUint16(entryAt, entry.tag, true);
    view.setUint16(entryAt + 2, entry.type, true);
    view.setUint32(entryAt + 4, entry.values.length, true);
    if (!inline) view.setUint32(entryAt + 8, valuesAt, true);
    writeValues(view, inline ? entryAt + 8 : valuesAt, entry);
    if (!inline) valuesAt += even(bytes);
    entryAt += ENTRY_BYTES;
  }
  view.setUint32(entryAt, next, true);
}

function writeValues(view: DataView, at: number, { type, values }: TagEntry): void {
  const width = FIELD_BYTES[type] ?? 1;
  values.forEach((value, index) => {
    const to = at + index * width;
    if (type === FIELD.short) view.setUint16(to, value, true);
    else if (type === FIELD.long) view.setUint32(to, value, true);
    else if (type === FIELD.double) view.setFloat64(to, value, true);
    else view.setUint8(to, value);
  });
}

function valueBytes({ type, values }: TagEntry): number {
  return values.length * (FIELD_BYTES[type] ?? 1);
}

/** TIFF values begin at even bytes. */
function even(bytes: number): number {
  return bytes + (bytes % 2);
}
