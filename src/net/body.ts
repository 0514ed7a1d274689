import { CropError } from '../errors';
import type { HttpAnswer } from './types';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Room for a body of unknown length, bytes: a header or a page of a catalogue mostly fits. */
const FIRST_BYTES = 64 * 1024;

/** No server's word is taken for more room than this, bytes; a longer body makes room as it comes. */
const MOST_PROMISED_BYTES = 16 * 1024 * 1024;

/**
 * The body of an answer, or null where it is longer than `limit` bytes: the rest is then not downloaded.
 * @param onBytes called with the size of each piece as it arrives
 * @param expectedBytes room to begin with; Content-Length where left out
 * @throws CropError `net/short-body` where the connection breaks in the middle
 */
export async function readBody(
  response: HttpAnswer,
  url: string,
  limit: number,
  onBytes: (count: number) => void,
  expectedBytes?: number,
): Promise<Bytes | null> {
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  let body: Bytes = new Uint8Array(
    Math.min(limit, MOST_PROMISED_BYTES, expectedBytes ?? contentLength(response) ?? FIRST_BYTES),
  );
  let got = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new CropError('net/short-body', { url, got, expected: contentLength(response) ?? '?' }, cause);
    });
    if (done) return got === body.length ? body : body.slice(0, got);
    onBytes(value.length);
    if (got + value.length > limit) {
      await drop(reader);
      return null;
    }
    if (got + value.length > body.length) body = grown(body, got + value.length);
    body.set(value, got);
    got += value.length;
  }
}

/** Content-Length as a number; null where absent. It counts bytes on the wire, so compressed ones. */
export function contentLength(response: HttpAnswer): number | null {
  const header = response.headers.get('content-length');
  return header !== null && /^\d+$/.test(header) ? Number(header) : null;
}

/** Ends a download that nobody reads, so that the connection is free again. */
export async function drop(body: { cancel(): Promise<void> } | null): Promise<void> {
  // A stream that already broke rejects here; there is nothing left to end then.
  await body?.cancel().catch(() => undefined);
}

/** A copy with room for at least `length` bytes, and for as many again as there were. */
function grown(body: Bytes, length: number): Bytes {
  const larger = new Uint8Array(Math.max(length, body.length * 2));
  larger.set(body);
  return larger;
}
