import { CropError } from '../errors';
import { bodyReader } from './body-reader';
import type { Bytes } from './bytes';
import { gatheringMs } from './gathering';
import { pause } from './pause';
import type { HttpAnswer } from './types';

/** Room for a body of unknown length, bytes: a header or a page of a catalogue mostly fits. */
const FIRST_BYTES = 64 * 1024;

/** No server's word is taken for more room than this, bytes; a longer body makes room as it comes. */
const MOST_PROMISED_BYTES = 16 * 1024 * 1024;

/** How a download is followed and ended. */
export interface BodyWatch {
  /** Called with the size of each piece as it arrives. */
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

export interface BodyOptions extends BodyWatch {
  readonly url: string;
  /** Bytes. */
  readonly limit: number;
  /** Room to begin with, and what is let gather; Content-Length where left out, and then nothing is. */
  readonly expectedBytes?: number;
}

/**
 * The body of an answer, or null where it is longer than the limit: the rest is then not downloaded.
 * @throws CropError `net/short-body` where the connection breaks in the middle or the signal is aborted
 */
export async function readBody(response: HttpAnswer, options: BodyOptions): Promise<Bytes | null> {
  if (response.body === null) return new Uint8Array(0);
  const { url, limit, onBytes, signal, expectedBytes } = options;
  const promised = contentLength(response);
  const reader = bodyReader(response.body);
  const started = performance.now();
  let body: Bytes = new Uint8Array(Math.min(limit, MOST_PROMISED_BYTES, expectedBytes ?? promised ?? FIRST_BYTES));
  let got = 0;

  /** What breaks a body in the middle is told as that. */
  const orCut = <T>(step: Promise<T>): Promise<T> =>
    step.catch((cause: unknown) => {
      throw new CropError('net/short-body', { url, got, expected: promised ?? '?' }, cause);
    });

  for (;;) {
    const asked = performance.now();
    const { buffer, count } = await orCut(reader.readInto(body, got));
    body = buffer;
    if (count === null) return got === body.length ? body : body.slice(0, got);
    onBytes(count);
    got += count;
    if (got > limit) {
      await drop(reader);
      return null;
    }
    const now = performance.now();
    const left = (expectedBytes ?? 0) - got;
    const ms = reader.gathers && left > 0 ? gatheringMs(now - asked, got, now - started, left) : 0;
    if (ms > 0) await orCut(pause(ms, signal));
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
