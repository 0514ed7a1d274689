import { CropError, type ErrorDetails } from '../errors';
import { absoluteUrl } from './address';
import { type Bytes, drop, readBody } from './body';
import { createGate } from './gate';
import { parseJson } from './json';
import { pause } from './pause';
import { rangeHeader, readPart } from './range';
import { type RetryClock, retryAfterSeconds, withRetries } from './retry';
import type { Traffic, Transport } from './types';
import { createWatchdog } from './watchdog';

/** Browsers open six connections to an HTTP/1.1 host (all of S3); more requests at once would only queue unseen. */
const MAX_PER_HOST = 6;

/** A connection that is silent for this long, in milliseconds, is taken for dead. */
const SILENCE_MS = 30_000;

export interface HttpOptions {
  /** The platform's `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
  /** Requests at once per host, 6 by default. */
  readonly maxPerHost?: number;
  /** Called whenever the counters have moved. */
  readonly onTraffic?: (traffic: Traffic) => void;
  /** How to wait and roll dice between retries; tests put in their own. */
  readonly clock?: Partial<RetryClock>;
}

/**
 * Bytes over HTTP in a page, a worker or Node: a few requests at once per host, retries for what may pass by itself
 * (network failures, broken bodies, 429, 500, 502, 503, 504), everything else a catalogue error `net/*` at once.
 */
export function createHttpTransport(options: HttpOptions = {}): Transport {
  const fetcher = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const clock: RetryClock = { sleep: pause, random: Math.random, ...options.clock };
  const gate = createGate(options.maxPerHost ?? MAX_PER_HOST);
  let traffic: Traffic = { requests: 0, bytes: 0 };

  function count(requests: number, bytes: number): void {
    traffic = { requests: traffic.requests + requests, bytes: traffic.bytes + bytes };
    options.onTraffic?.(traffic);
  }

  async function request(
    url: string,
    headers: Record<string, string>,
    accepted: readonly number[],
    signal: AbortSignal,
    read: (response: Response, onBytes: (bytes: number) => void) => Promise<Bytes>,
  ): Promise<Bytes> {
    const address = absoluteUrl(url);
    const { host } = new URL(address);
    return withRetries(
      async () => {
        const leave = await gate.enter(host, signal);
        const watchdog = createWatchdog(signal, SILENCE_MS);
        try {
          count(1, 0);
          const response = await fetcher(address, { headers, signal: watchdog.signal }).catch((cause: unknown) => {
            throw new CropError('net/unreachable', { host }, cause);
          });
          watchdog.feed();
          if (!accepted.includes(response.status)) throw await statusError(response, url);
          return await read(response, (bytes) => {
            watchdog.feed();
            count(0, bytes);
          });
        } finally {
          watchdog.stop();
          leave();
        }
      },
      clock,
      signal,
    );
  }

  const readAll = (url: string, signal: AbortSignal): Promise<Bytes> =>
    request(url, {}, [200], signal, async (response, onBytes) => {
      const body = await readBody(response, url, Number.POSITIVE_INFINITY, onBytes);
      return body ?? new Uint8Array(0);
    });

  return {
    readAll,
    readJson: async (url, signal) => parseJson(await readAll(url, signal), url),
    async readRange(url, start, length, signal) {
      signal.throwIfAborted();
      if (length <= 0) return new Uint8Array(0);
      const part = { url, start, length };
      return request(url, { Range: rangeHeader(part) }, [200, 206, 416], signal, (response, onBytes) =>
        readPart(response, part, onBytes),
      );
    },
    traffic: () => traffic,
  };
}

async function statusError(response: Response, url: string): Promise<CropError> {
  await drop(response.body);
  if (response.status === 404 || response.status === 410) return new CropError('net/not-found', { url });
  const wait = retryAfterSeconds(response.headers.get('retry-after'), Date.now());
  const details: ErrorDetails = { url, status: response.status };
  return new CropError('net/status', wait === null ? details : { ...details, retryAfterSeconds: wait });
}
