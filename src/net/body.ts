import { CropError } from '../errors';

export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The body of an answer, or null where it is longer than `limit` bytes: the rest is then not downloaded.
 * @param onBytes called with the size of each piece as it arrives
 * @throws CropError `net/short-body` where the connection breaks in the middle
 */
export async function readBody(
  response: Response,
  url: string,
  limit: number,
  onBytes: (count: number) => void,
): Promise<Bytes | null> {
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  const pieces: Uint8Array[] = [];
  let got = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new CropError('net/short-body', { url, got, expected: contentLength(response) ?? '?' }, cause);
    });
    if (done) return join(pieces, got);
    got += value.length;
    onBytes(value.length);
    if (got > limit) {
      await drop(reader);
      return null;
    }
    pieces.push(value);
  }
}

/** Content-Length as a number; null where absent. It counts bytes on the wire, so compressed ones. */
export function contentLength(response: Response): number | null {
  const header = response.headers.get('content-length');
  return header !== null && /^\d+$/.test(header) ? Number(header) : null;
}

/** Ends a download that nobody reads, so that the connection is free again. */
export async function drop(body: { cancel(): Promise<void> } | null): Promise<void> {
  // A stream that already broke rejects here; there is nothing left to end then.
  await body?.cancel().catch(() => undefined);
}

function join(pieces: readonly Uint8Array[], length: number): Bytes {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
