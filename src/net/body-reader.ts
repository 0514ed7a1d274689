import type { Bytes } from './bytes';
import type { HttpBody } from './types';

/** Where reading stands: the buffer to go on with (the one given is given away), and how much came; null at the end. */
export interface Filled {
  readonly buffer: Bytes;
  readonly count: number | null;
}

/** Reads a body into a buffer. */
export interface BodyReader {
  /**
   * Whether bytes gather in the platform while nobody reads. Where they do not, a reader that pauses stops the
   * connection, which costs more than waking up.
   */
  readonly gathers: boolean;
  /**
   * Waits for the next bytes and puts them at `at`; the buffer it gives back is a larger one where they did not fit.
   * Rejects as the body's stream does.
   */
  readInto(buffer: Bytes, at: number): Promise<Filled>;
  /** Ends the download. */
  cancel(): Promise<void>;
}

/**
 * Takes hold of a body. The streams of browsers write straight into the buffer; that saves a copy and a piece of
 * memory for each 64 KiB. Other bodies hand out pieces, which are copied.
 */
export function bodyReader(body: HttpBody): BodyReader {
  if (!(body instanceof ReadableStream)) return pieceReader(body, false);
  const reader = byteReader(body as ReadableStream<Bytes>);
  return reader === null ? pieceReader(body, true) : writingReader(reader);
}

/** null where the stream is not one of bytes: Safari before 26, and streams made by hand. */
function byteReader(stream: ReadableStream<Bytes>): ReadableStreamBYOBReader | null {
  try {
    return stream.getReader({ mode: 'byob' });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function writingReader(reader: ReadableStreamBYOBReader): BodyReader {
  return {
    gathers: true,
    async readInto(buffer, at) {
      if (at === buffer.length) {
        // Nothing more is expected; whether that is so shows in what a byte of room brings.
        const { done, value } = await reader.read(new Uint8Array(1));
        return done ? { buffer, count: null } : appended(buffer, at, value);
      }
      const { done, value } = await reader.read(buffer.subarray(at));
      // The memory comes back in a buffer of its own; the one that was given is empty now.
      return { buffer: new Uint8Array((value ?? buffer).buffer), count: done ? null : value.length };
    },
    cancel: () => reader.cancel(),
  };
}

function pieceReader(body: HttpBody, gathers: boolean): BodyReader {
  const reader = body.getReader();
  return {
    gathers,
    async readInto(buffer, at) {
      const { done, value } = await reader.read();
      return done ? { buffer, count: null } : appended(buffer, at, value);
    },
    cancel: () => reader.cancel(),
  };
}

function appended(buffer: Bytes, at: number, piece: Uint8Array): Filled {
  const end = at + piece.length;
  const room = end > buffer.length ? grown(buffer, end) : buffer;
  room.set(piece, at);
  return { buffer: room, count: piece.length };
}

/** A copy with room for at least `length` bytes, and for as many again as there were. */
function grown(buffer: Bytes, length: number): Bytes {
  const larger = new Uint8Array(Math.max(length, buffer.length * 2));
  larger.set(buffer);
  return larger;
}
