import type { GeoTIFF } from 'geotiff';
import { CropError } from '../errors';
import type { Transport } from '../net';
import { HEAD_BYTES, HEAD_GROWTH, HEAD_MAX_BYTES } from './limits';

/**
 * The beginning of a file, fetched in steps and only as far as its header reaches. geotiff.js reads from it, and gets
 * only what is there already, so that it never waits and never asks for more than was found worth asking for.
 */
export interface HeadSource extends Source {
  readonly url: string;
  /** Fetches what is missing of the first `end` bytes. */
  reach(end: number): Promise<void>;
  /** All bytes of the file where it ended within those fetched so far; else null. */
  whole(): Uint8Array<ArrayBuffer> | null;
}

type Source = Parameters<typeof GeoTIFF.fromSource>[0];
type Slice = Parameters<Source['fetchSlice']>[0];

/**
 * Starts with one request of 16 KiB. When more is asked for, only the missing part is fetched (up to 64, then 256 KiB).
 * `reach` rejects with `raster/corrupt` past the end of the file, `raster/unsupported` past the largest head, and with
 * whatever the transport rejects with.
 */
export function headSource(url: string, transport: Transport, signal: AbortSignal): HeadSource {
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

  /** As much of a slice as is there. */
  const part = ({ offset, length }: Slice): ArrayBuffer => bytes.buffer.slice(offset, offset + length);

  return {
    url,
    async reach(end) {
      if (end > HEAD_MAX_BYTES) {
        const what = `its header reaches past the first ${HEAD_MAX_BYTES} bytes`;
        throw new CropError('raster/unsupported', { url, what });
      }
      while (bytes.length < end) {
        if (complete) throw new CropError('raster/corrupt', { url, what: 'it ends inside its header' });
        await growTo(size === 0 ? HEAD_BYTES : size * HEAD_GROWTH);
      }
    },
    whole: () => (complete ? bytes : null),
    fetch: async (slices) => slices.map(part),
    fetchSlice: async (slice) => ({ ...slice, data: part(slice) }),
    fileSize: null,
    close: async () => undefined,
  };
}
