import type { Bytes } from './blob-types';

/** Arrays begin at multiples of this many bytes. */
const ALIGNMENT = 8;
const LENGTH_BYTES = 4;

/**
 * Plain data and arrays of bytes in one block: the length of the JSON (32 bits, little endian), the JSON with the
 * lengths of the arrays, then the arrays one after the other, aligned.
 */
export function packParts(about: unknown, parts: readonly ArrayBufferView[]): Bytes {
  const json = new TextEncoder().encode(JSON.stringify({ about, lengths: parts.map(({ byteLength }) => byteLength) }));
  let end = align(LENGTH_BYTES + json.length);
  const places = parts.map(({ byteLength }) => {
    const at = end;
    end = align(at + byteLength);
    return at;
  });
  const packed = new Uint8Array(end);
  new DataView(packed.buffer).setUint32(0, json.length, true);
  packed.set(json, LENGTH_BYTES);
  parts.forEach((part, index) => {
    packed.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), places[index]!);
  });
  return packed;
}

/** What `packParts` packed, the arrays as views; null where the bytes are something else. */
export function unpackParts(packed: Bytes): { readonly about: unknown; readonly parts: readonly Bytes[] } | null {
  if (packed.length < LENGTH_BYTES) return null;
  const jsonBytes = new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
  if (jsonBytes > packed.length - LENGTH_BYTES) return null;
  const head = parseHead(packed.subarray(LENGTH_BYTES, LENGTH_BYTES + jsonBytes));
  if (head === null) return null;
  let at = align(LENGTH_BYTES + jsonBytes);
  const parts = head.lengths.map((length) => {
    const part = packed.subarray(at, at + length);
    at = align(at + length);
    return part;
  });
  return at === packed.length ? { about: head.about, parts } : null;
}

function parseHead(json: Bytes): { readonly about: unknown; readonly lengths: readonly number[] } | null {
  try {
    const head = JSON.parse(new TextDecoder().decode(json)) as { about?: unknown; lengths?: unknown } | null;
    const lengths = Array.isArray(head?.lengths) ? (head.lengths as unknown[]) : null;
    const valid = lengths?.every((length) => Number.isSafeInteger(length) && (length as number) >= 0) ?? false;
    return valid ? { about: head!.about, lengths: lengths as number[] } : null;
  } catch {
    // Not JSON: not ours.
    return null;
  }
}

function align(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
