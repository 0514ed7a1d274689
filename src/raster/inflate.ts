import { loadKernels } from './kernels';
import { KERNEL_TILE_BYTES } from './limits';

/**
 * Inflates a zlib stream of exactly `expected` bytes and hands them to `use`, which must not keep them. Our own decoder
 * does it where the engine runs it: two to four times faster than the platform's, which is the other way. A damaged
 * tile cannot fill the memory in either. `bytes` must be the stream and nothing else: Chromium rejects trailing bytes.
 * Rejects with a plain Error that says what is wrong.
 */
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  expected: number,
  use: (inflated: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const kernels = expected + bytes.length <= KERNEL_TILE_BYTES ? await loadKernels() : null;
  use(kernels === null ? await inflateByPlatform(bytes, expected) : kernels.inflate(bytes, expected));
}

/** The same by DecompressionStream. */
export async function inflateByPlatform(
  bytes: Uint8Array<ArrayBuffer>,
  expected: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const output = await inflateAtMost(bytes, expected);
  if (output.length < expected) throw new Error(`it holds ${output.length} of ${expected} bytes`);
  return output;
}

/** Inflates a zlib stream of at most so many bytes by DecompressionStream. */
export async function inflateAtMost(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new DecompressionStream('deflate');
  const writer = stream.writable.getWriter();
  // Faults of the stream reach the reader as well, which reports them; here they only must not go unhandled.
  const written = writer
    .write(bytes)
    .then(() => writer.close())
    .catch(() => undefined);
  const reader = stream.readable.getReader();
  const output = new Uint8Array(most);
  let filled = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const chunk = part.value;
    if (filled + chunk.length > most) {
      await reader.cancel();
      throw new Error(`it holds more than ${most} bytes`);
    }
    output.set(chunk, filled);
    filled += chunk.length;
  }
  await written;
  return filled === most ? output : output.slice(0, filled);
}
