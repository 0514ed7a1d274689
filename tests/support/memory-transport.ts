import { CropError } from '../../src/errors';
import { parseJson, type Transport } from '../../src/net';

/** One request as it reached the transport; `start` and `length` are null for whole bodies. */
export interface MemoryRequest {
  readonly url: string;
  readonly start: number | null;
  readonly length: number | null;
}

export interface MemoryTransport extends Transport {
  readonly log: readonly MemoryRequest[];
}

/**
 * A transport over a map of buffers: text and JSON values are encoded, absent addresses are `net/not-found`.
 * Files may be added to the map later.
 */
export function memoryTransport(files: ReadonlyMap<string, unknown>): MemoryTransport {
  const log: MemoryRequest[] = [];
  let bytes = 0;

  function read(url: string, start: number | null, length: number | null): Uint8Array<ArrayBuffer> {
    log.push({ url, start, length });
    const content = files.get(url);
    if (content === undefined) throw new CropError('net/not-found', { url });
    const whole = encode(content);
    const part = start === null ? whole.slice() : whole.slice(start, start + (length ?? 0));
    bytes += part.length;
    return part;
  }

  const readAll: Transport['readAll'] = async (url, signal) => {
    signal.throwIfAborted();
    return read(url, null, null);
  };

  return {
    log,
    readAll,
    readJson: async (url, signal) => parseJson(await readAll(url, signal), url),
    async readRange(url, start, length, signal) {
      signal.throwIfAborted();
      return read(url, start, length);
    },
    traffic: () => ({ requests: log.length, bytes }),
  };
}

function encode(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
}
