import { CropError } from '../errors';
import type { Transport } from '../net';
import { HEAD_BYTES, HEAD_GROWTH, HEAD_MAX_BYTES } from './limits';

/** The beginning of a file, fetched in steps and only as far as its header reaches. */
export interface HeadBytes {
  readonly url: string;
  /** A view of the bytes fetched so far that holds at least those up to `end`. */
  upTo(end: number): Promise<DataView<ArrayBuffer>>;
  /** All bytes of the file where it ended within those fetched so far; else null. */
  whole(): Uint8Array<ArrayBuffer> | null;
}

/**
 * Starts with one request of 16 KiB. When more is asked for, only the missing part is fetched (up to 64, then 256 KiB).
 * `upTo` rejects with `raster/corrupt` past the end of the file, `raster/unsupported` past the largest head, and with
 * whatever the transport rejects with.
 */
export function headBytes(url: string, transport: Transport, signal: AbortSignal): HeadBytes {
  let bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let size = 0;
  let complete = false;

  async function growTo(next: number): Promise<void> {
    const more = await transport.readRange(url, bytes.length, next - bytes.length, signal);
    signal.throwIfAborted();
    const joined = new Uint8Array(bytes.length + more.length);
    joined.set(bytes);
    joined.set(more, bytes.length);
    bytes = joined;
    size = next;
    complete = bytes.length < next;
  }

  return {
    url,
    async upTo(end) {
      if (end > HEAD_MAX_BYTES) {
        throw new CropError('raster/unsupported', {
          url,
          what: `its header reaches past the first ${HEAD_MAX_BYTES} bytes`,
        });
      }
      while (bytes.length < end) {
        if (complete) throw new CropError('raster/corrupt', { url, what: 'it ends inside its header' });
        await growTo(size === 0 ? HEAD_BYTES : size * HEAD_GROWTH);
      }
      return new DataView(bytes.buffer);
    },
    whole: () => (complete ? bytes : null),
  };
}
