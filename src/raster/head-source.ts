import type { GeoTIFF } from 'geotiff';
import { CropError } from '../errors';
import type { Transport } from '../net';
import { FAR_BYTES, FAR_MAX_READS, HEAD_BYTES, HEAD_GROWTH, HEAD_MAX_BYTES, MAX_FILE_BYTES } from './limits';

/**
 * The header of a file: its beginning, fetched in steps and only as far as the header reaches, and parts that lie
 * further back. geotiff.js reads from it, and gets only what is there already, so that it never waits and never asks for
 * more than was found worth asking for.
 */
export interface HeadSource extends Source {
  readonly url: string;
  /** Fetches what is missing of the bytes from `start` to before `end`. */
  reach(start: number, end: number): Promise<void>;
  /** All bytes of the file where it ended within those fetched so far; else null. */
  whole(): Uint8Array<ArrayBuffer> | null;
}

type Source = Parameters<typeof GeoTIFF.fromSource>[0];
type Slice = Parameters<Source['fetchSlice']>[0];

interface Part {
  readonly start: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Starts with one request of 16 KiB. When more is asked for, only the missing part is fetched (up to 64, then 256 KiB);
 * what lies past that costs a request of 64 KiB of its own, so that a file whose directory follows its pixels is read
 * in one more.
 * `reach` rejects with `raster/corrupt` past the end of the file, `raster/unsupported` where a header lies in too many
 * places, and with whatever the transport rejects with.
 */
export function headSource(url: string, transport: Transport, signal: AbortSignal): HeadSource {
  let head: Part = { start: 0, bytes: new Uint8Array(0) };
  let size = 0;
  let complete = false;
  const far: Part[] = [];

  const endsEarly = () => new CropError('raster/corrupt', { url, what: 'it ends inside its header' });

  async function growTo(next: number): Promise<void> {
    const { bytes } = head;
    const more = await transport.readRange(url, bytes.length, next - bytes.length, signal);
    signal.throwIfAborted();
    const joined = new Uint8Array(bytes.length + more.length);
    joined.set(bytes);
    joined.set(more, bytes.length);
    head = { start: 0, bytes: joined };
    size = next;
    complete = joined.length < next;
  }

  async function reachFar(start: number, end: number): Promise<void> {
    if (complete || end > MAX_FILE_BYTES) throw endsEarly();
    if (far.length === FAR_MAX_READS) {
      throw new CropError('raster/unsupported', { url, what: `its header lies in more than ${FAR_MAX_READS} places` });
    }
    const bytes = await transport.readRange(url, start, Math.max(FAR_BYTES, end - start), signal);
    signal.throwIfAborted();
    if (bytes.length < end - start) throw endsEarly();
    far.push({ start, bytes });
  }

  /** As much of a slice as is there. */
  function part({ offset, length }: Slice): ArrayBuffer {
    const left = ({ start, bytes }: Part) => (offset >= start ? start + bytes.length - offset : 0);
    const best = far.reduce((a, b) => (left(b) > left(a) ? b : a), head);
    const from = Math.min(best.bytes.length, Math.max(0, offset - best.start));
    return best.bytes.slice(from, from + length).buffer;
  }

  return {
    url,
    async reach(start, end) {
      const isThere = [head, ...far].some((one) => one.start <= start && end <= one.start + one.bytes.length);
      if (isThere) return;
      if (end > HEAD_MAX_BYTES) return reachFar(start, end);
      while (head.bytes.length < end) {
        if (complete) throw endsEarly();
        await growTo(size === 0 ? HEAD_BYTES : size * HEAD_GROWTH);
      }
    },
    whole: () => (complete ? head.bytes : null),
    fetch: async (slices) => slices.map(part),
    fetchSlice: async (slice) => ({ ...slice, data: part(slice) }),
    fileSize: null,
    close: async () => undefined,
  };
}
