import { CropError, type ErrorDetails } from '../errors';
import { absoluteUrl, withoutLogin } from './address';
import { type BodyWatch, drop, readBody } from './body';
import type { Bytes } from './bytes';
import { createGate } from './gate';
import { parseJson } from './json';
import { pause } from './pause';
import { rangeHeader, readPart } from './range';
import { createRetryBudget, type RetryClock, retryAfterSeconds, withRetries } from './retry';
import { saidBy } from './said';
import type { HttpAnswer, HttpFetch, PostedJson, Traffic, Transport } from './types';
import { createValidators } from './validators';
import { createWatchdog } from './watchdog';

/** Browsers open six connections to an HTTP/1.1 host (all of S3); more requests at once would only queue unseen. */
const MAX_PER_HOST = 6;

/** A connection that is silent for this long, in milliseconds, is taken for dead. */
const SILENCE_MS = 30_000;

/** Longest whole body, bytes: models are smaller, and so is a static catalogue of 10 000 items with all their words. */
const MAX_BODY_BYTES = 512 * 1024 * 1024;

export interface HttpOptions {
  /** The platform's `fetch` by default. */
  readonly fetch?: HttpFetch;
  /** Requests at once per host, 6 by default. */
  readonly maxPerHost?: number;
  /** Milliseconds of silence after which a connection is taken for dead, 30 000 by default. */
  readonly silenceMs?: number;
  /** Longest whole body in bytes, 512 MiB by default. */
  readonly maxBodyBytes?: number;
  /** Called whenever the counters have moved. */
  readonly onTraffic?: (traffic: Traffic) => void;
  /** How to wait and roll dice between retries; tests put in their own. */
  readonly clock?: Partial<RetryClock>;
}

/**
 * Bytes over HTTP in a page, a worker or Node: a few requests at once per host, retries for what may pass by itself
 * (network failures, broken bodies, 429, 500, 502, 503, 504) within a budget, everything else a catalogue error `net/*` at once.
 */
export function createHttpTransport(options: HttpOptions = {}): Transport {
  const fetcher: HttpFetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const clock: RetryClock = { sleep: pause, random: Math.random, ...options.clock };
  const budget = createRetryBudget();
  const validators = createValidators();
  const gate = createGate(options.maxPerHost ?? MAX_PER_HOST);
  const ranks = new Map<string, number>();
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
    read: (response: HttpAnswer, watch: BodyWatch) => Promise<Bytes>,
    posted?: string,
  ): Promise<Bytes> {
    const { address, login } = withoutLogin(absoluteUrl(url));
    const { host } = new URL(address);
    const sent = { ...headers, ...login };
    return withRetries(
      async () => {
        const leave = await gate.enter(host, signal, () => ranks.get(withoutQuery(address)) ?? 0);
        const watchdog = createWatchdog(signal, options.silenceMs ?? SILENCE_MS);
        try {
          count(1, 0);
          // Parts of files are kept by src/store; the browser's cache would write each of them to disk a second time.
          const bypass = headers['Range'] === undefined ? {} : ({ cache: 'no-store' } as const);
          const post = posted === undefined ? {} : ({ method: 'POST', body: posted } as const);
          const init = { headers: sent, signal: watchdog.signal, ...bypass, ...post };
          const response = await fetcher(address, init).catch((cause: unknown) => {
            throw new CropError('net/unreachable', { host }, cause);
          });
          watchdog.feed();
          if (!accepted.includes(response.status)) throw await statusError(response, url);
          const onBytes = (bytes: number): void => {
            watchdog.feed();
            count(0, bytes);
          };
          return await read(response, { onBytes, signal: watchdog.signal });
        } finally {
          watchdog.stop();
          leave();
        }
      },
      clock,
      budget,
      signal,
    );
  }

  function readWhole(url: string, signal: AbortSignal, posted?: PostedJson): Promise<Bytes> {
    const content = posted === undefined ? {} : { 'Content-Type': 'application/json', ...posted.headers };
    const body = posted === undefined ? undefined : JSON.stringify(posted.body);
    const limit = options.maxBodyBytes ?? MAX_BODY_BYTES;
    const read = async (response: HttpAnswer, watch: BodyWatch): Promise<Bytes> => {
      const whole = await readBody(response, { url, limit, ...watch });
      if (whole === null) throw new CropError('net/too-large', { url, limit });
      return whole;
    };
    return request(url, content, [200], signal, read, body);
  }

  return {
    readAll: (url, signal) => readWhole(url, signal),
    readJson: async (url, signal, posted) => parseJson(await readWhole(url, signal, posted), url),
    async readRange(url, start, length, signal) {
      signal.throwIfAborted();
      if (length <= 0) return new Uint8Array(0);
      const part = { url, start, length };
      return request(url, { Range: rangeHeader(part) }, [200, 206, 416], signal, async (response, watch) => {
        try {
          validators.check(url, response.headers);
        } catch (error) {
          await drop(response.body);
          throw error;
        }
        return readPart(response, part, watch);
      });
    },
    version: (url) => validators.latest(url),
    traffic: () => traffic,
    rank(urls, rank) {
      for (const url of urls) {
        const file = withoutQuery(absoluteUrl(url));
        if (rank === null) ranks.delete(file);
        else ranks.set(file, rank);
      }
    },
  };
}

/** Tokens that are appended to an address do not make another file of it. */
function withoutQuery(address: string): string {
  return address.split('?', 1)[0]!;
}

/** Without a key or a login the server does not give it out. */
const DENIED: readonly number[] = [401, 403];

/** The request itself was wrong, which time does not mend: all of 4xx but these, and "not implemented". */
const NO_REFUSALS: readonly number[] = [408, 425, 429];
const NOT_IMPLEMENTED = 501;

async function statusError(response: HttpAnswer, url: string): Promise<CropError> {
  const { status } = response;
  const refused = (status >= 400 && status < 500 && !NO_REFUSALS.includes(status)) || status === NOT_IMPLEMENTED;
  if (refused && status !== 404 && status !== 410) {
    const code = DENIED.includes(status) ? 'net/denied' : 'net/refused';
    return new CropError(code, { url, status, said: await saidBy(response, url) });
  }
  await drop(response.body);
  if (refused) return new CropError('net/not-found', { url });
  const wait = retryAfterSeconds(response.headers.get('retry-after'), Date.now());
  const details: ErrorDetails = { url, status: response.status };
  return new CropError('net/status', wait === null ? details : { ...details, retryAfterSeconds: wait });
}
