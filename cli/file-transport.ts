import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CropError, isAbort } from '../src/errors';
import { parseJson, type Traffic, type Transport } from '../src/net';

type Bytes = Uint8Array<ArrayBuffer>;

/** What the file system says when a path leads nowhere. */
const NOT_THERE = ['ENOENT', 'ENOTDIR', 'EISDIR'];

/**
 * Bytes of `file:` URLs, by the same rules as over HTTP: each read is a request, a range past the end is short, a file
 * that is not there is `net/not-found`.
 */
export function createFileTransport(): Transport {
  let traffic: Traffic = { requests: 0, bytes: 0 };

  async function request(url: string, signal: AbortSignal, read: (path: string) => Promise<Bytes>): Promise<Bytes> {
    signal.throwIfAborted();
    const path = pathOf(url);
    traffic = { ...traffic, requests: traffic.requests + 1 };
    try {
      const bytes = await read(path);
      signal.throwIfAborted();
      traffic = { ...traffic, bytes: traffic.bytes + bytes.length };
      return bytes;
    } catch (error) {
      throw readError(error, path);
    }
  }

  const readAll = (url: string, signal: AbortSignal): Promise<Bytes> =>
    request(url, signal, async (path) => new Uint8Array(await readFile(path, { signal })));

  return {
    readAll,
    readJson: async (url, signal) => parseJson(await readAll(url, signal), url),
    readRange: (url, start, length, signal) =>
      request(url, signal, async (path) => {
        const file = await open(path, 'r');
        try {
          const { size } = await file.stat();
          const bytes = new Uint8Array(Math.max(0, Math.min(length, size - start)));
          const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
          return bytesRead === bytes.length ? bytes : bytes.slice(0, bytesRead);
        } finally {
          await file.close();
        }
      }),
    traffic: () => traffic,
  };
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new CropError('net/bad-url', { url }, cause);
  }
}

function readError(error: unknown, path: string): unknown {
  if (isAbort(error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error;
  if (NOT_THERE.includes(code)) return new CropError('net/not-found', { url: path }, error);
  return new CropError('cli/unreadable-file', { path, reason: (error as Error).message }, error);
}
