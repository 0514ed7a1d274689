import { CropError } from '../errors';
import { type BodyWatch, contentLength, drop, readBody } from './body';
import type { Bytes } from './bytes';
import type { HttpAnswer } from './types';

/**
 * A whole file up to this size is taken where a part was asked for: some static hosts ignore Range for small files,
 * and refusing 256 KiB would cost more than reading them.
 */
export const SMALL_FILE_BYTES = 256 * 1024;

/** What was asked for. */
export interface PartRequest {
  readonly url: string;
  readonly start: number;
  readonly length: number;
}

/** Value of the Range header. */
export function rangeHeader({ start, length }: PartRequest): string {
  return `bytes=${start}-${start + length - 1}`;
}

/**
 * The bytes asked for, out of the answer to a range request with status 200, 206 or 416. They are fewer than asked for
 * only where the file ends before; 416 means that it ends at or before `start`, and gives no bytes.
 * @throws CropError `net/no-ranges` where the server sends something else than was asked for; its body is not
 *   downloaded then. `net/short-body` where bytes are missing.
 */
export async function readPart(response: HttpAnswer, request: PartRequest, watch: BodyWatch): Promise<Bytes> {
  const { url, start, length } = request;
  if (response.status === 416) {
    await drop(response.body);
    return new Uint8Array(0);
  }
  if (response.status === 200) {
    if ((contentLength(response) ?? 0) > SMALL_FILE_BYTES) return refuse(response, url);
    const whole = await readBody(response, { url, limit: SMALL_FILE_BYTES, ...watch });
    return whole === null ? refuse(response, url) : whole.slice(start, start + length);
  }
  const sent = contentRange(response);
  if (sent !== null && sent.start !== start) return refuse(response, url);
  const part = await readBody(response, { url, limit: length, expectedBytes: length, ...watch });
  if (part === null) return refuse(response, url);
  const expected = Math.min(length, promisedBytes(response, sent, request));
  if (part.length < expected) throw new CropError('net/short-body', { url, got: part.length, expected });
  return part;
}

async function refuse(response: HttpAnswer, url: string): Promise<never> {
  // A body that was being read is locked and has been ended by its reader.
  if (response.body !== null && !response.body.locked) await drop(response.body);
  throw new CropError('net/no-ranges', { url });
}

interface SentRange {
  readonly start: number;
  readonly end: number;
  /** Size of the file; null where the server does not know. */
  readonly total: number | null;
}

function contentRange(response: HttpAnswer): SentRange | null {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (match === null) return null;
  return { start: Number(match[1]), end: Number(match[2]), total: match[3] === '*' ? null : Number(match[3]) };
}

/**
 * How many bytes there are from `start` on, as far as the answer tells. Content-Range is often hidden from pages of
 * other origins; Content-Length is not. Where neither is there, nothing proves that the file ends early.
 */
function promisedBytes(response: HttpAnswer, sent: SentRange | null, { start, length }: PartRequest): number {
  if (sent === null) return contentLength(response) ?? length;
  return sent.total === null ? sent.end - sent.start + 1 : sent.total - start;
}
