/** Reading and writing messages of Protocol Buffers, as far as ONNX files need them. */

/** Wire types of Protocol Buffers. */
export const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH = 2;
const FOUR_BYTES = 5;

export interface Field {
  readonly number: number;
  /** All of it, key and length included. */
  readonly raw: Uint8Array;
  /** Of a varint, or the bits of a fixed field. */
  readonly value: number;
  readonly bytes: Uint8Array;
}

/** The fields of a message in their order. @throws RangeError where it is none */
export function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const none = bytes.subarray(0, 0);
  for (let at = 0; at < bytes.length;) {
    const [key, start] = varint(bytes, at);
    const number = Math.floor(key / 8);
    const type = key % 8;
    if (type === VARINT) {
      const [value, next] = varint(bytes, start);
      fields.push({ number, value, bytes: none, raw: bytes.subarray(at, next) });
      at = next;
    } else if (type === LENGTH) {
      const [length, begin] = varint(bytes, start);
      if (begin + length > bytes.length) throw new RangeError('a field ends behind its message');
      const end = begin + length;
      fields.push({ number, value: 0, bytes: bytes.subarray(begin, end), raw: bytes.subarray(at, end) });
      at = begin + length;
    } else if (type === FOUR_BYTES) {
      const value = view.getUint32(start, true);
      fields.push({ number, value, bytes: none, raw: bytes.subarray(at, start + 4) });
      at = start + 4;
    } else if (type === EIGHT_BYTES) {
      fields.push({ number, value: 0, bytes: none, raw: bytes.subarray(at, start + 8) });
      at = start + 8;
    } else {
      throw new RangeError('a field has a type that Protocol Buffers do not have');
    }
  }
  return fields;
}

/** A varint and where it ends. Negative integers, which no encoder has, come out as large ones. */
export function varint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let place = 0; ; place += 1) {
    const byte = bytes[at + place];
    if (byte === undefined) throw new RangeError('a number ends behind its message');
    value += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) return [value, at + place + 1];
  }
}

/** A field that holds bytes, with its key and length. */
export function message(number: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return join([writtenVarint(number * 8 + LENGTH), writtenVarint(bytes.length), bytes]);
}

export function writtenVarint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 0x80)) bytes.push((left & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, left]);
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
