import type { Bytes, CacheKind } from './blob-types';
import { checksum } from './checksum';

/** `C2SR`, little endian. */
const MAGIC = 0x52533243;

/** Raised whenever the layout below changes: older records are then treated as absent. */
const VERSION = 1;

/** Magic (4), version (2), kind (2), key bytes (4), payload bytes (4), time of writing (8), free (4), checksum (4). */
const HEADER_BYTES = 32;
const AT = { magic: 0, version: 4, kind: 6, keyBytes: 8, payloadBytes: 12, stored: 16, checksum: 28 } as const;

/** The payload begins at a multiple of this, so that it can be looked at as 16, 32 and 64-bit numbers. */
const ALIGNMENT = 8;

/** Numbers on disk; never given to another kind. */
const KIND_CODES: Readonly<Record<CacheKind, number>> = {
  ...{ headers: 1, tiles: 2, dates: 3, searches: 4, models: 5 },
  features: 6,
};

/** What a record says about itself. */
export interface RecordHead {
  readonly key: string;
  readonly kind: CacheKind;
  /** When it was written, milliseconds since 1970. */
  readonly stored: number;
}

export interface DecodedRecord extends RecordHead {
  /** A view of the record's bytes. */
  readonly payload: Bytes;
}

/** A payload with all that is needed to trust it later, in new memory. */
export function encodeRecord({ key, kind, stored }: RecordHead, payload: Uint8Array): Bytes {
  const name = new TextEncoder().encode(key);
  const start = payloadStart(name.length);
  const record = new Uint8Array(start + payload.length);
  const view = new DataView(record.buffer);
  view.setUint32(AT.magic, MAGIC, true);
  view.setUint16(AT.version, VERSION, true);
  view.setUint16(AT.kind, KIND_CODES[kind], true);
  view.setUint32(AT.keyBytes, name.length, true);
  view.setUint32(AT.payloadBytes, payload.length, true);
  view.setFloat64(AT.stored, stored, true);
  record.set(name, HEADER_BYTES);
  record.set(payload, start);
  view.setUint32(AT.checksum, recordChecksum(record), true);
  return record;
}

/**
 * The record in `bytes`, or null where they are anything else: cut short, overgrown, of another version, damaged, or a
 * record of another key. Any bytes may be given; nothing is allocated by a number found in them.
 */
export function decodeRecord(bytes: Bytes, key: string): DecodedRecord | null {
  const head = decodeHead(bytes);
  if (head === null || head.key !== key || head.bytes !== bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (view.getUint32(AT.checksum, true) !== recordChecksum(bytes)) return null;
  return { key, kind: head.kind, stored: head.stored, payload: bytes.subarray(head.start) };
}

/**
 * What the first bytes of a record say, the checksum not looked at; null where they are no record's or too few.
 * `bytes` is the length that the whole record must have, `start` where its payload begins.
 */
export function decodeHead(bytes: Bytes): (RecordHead & { readonly bytes: number; readonly start: number }) | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(AT.magic, true) !== MAGIC || view.getUint16(AT.version, true) !== VERSION) return null;
  const kind = kindOf(view.getUint16(AT.kind, true));
  const keyBytes = view.getUint32(AT.keyBytes, true);
  const start = payloadStart(keyBytes);
  if (kind === null || start > bytes.length) return null;
  return {
    key: new TextDecoder().decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + keyBytes)),
    kind,
    stored: view.getFloat64(AT.stored, true),
    bytes: start + view.getUint32(AT.payloadBytes, true),
    start,
  };
}

function payloadStart(keyBytes: number): number {
  return Math.ceil((HEADER_BYTES + keyBytes) / ALIGNMENT) * ALIGNMENT;
}

/** Of everything but itself: the head's checksum is the seed of the rest's. */
function recordChecksum(record: Bytes): number {
  return checksum(record.subarray(HEADER_BYTES), checksum(record.subarray(0, AT.checksum)));
}

function kindOf(code: number): CacheKind | null {
  const found = (Object.entries(KIND_CODES) as [CacheKind, number][]).find(([, known]) => known === code);
  return found?.[0] ?? null;
}
