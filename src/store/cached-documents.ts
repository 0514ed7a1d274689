import { CropError, isAbort, isCropError } from '../errors';
import { parseJson, type PostedJson, type Transport } from '../net';
import type { Bytes, CacheKind } from './blob-types';
import type { Cache } from './cache';
import { answerOf, resourceOf } from './resource';

/**
 * Answers younger than this are taken without asking again, milliseconds: a new scene of a place comes every two or
 * three days, so a day loses nobody anything.
 */
const ANSWER_LIFE_MS = 24 * 60 * 60 * 1000;

/** The same for model cards: who publishes a new model wants to see it within the hour. */
const CARD_LIFE_MS = 60 * 60 * 1000;

const FOUND = 'document';
const ABSENT = 'absent';

/** `type` of everything a STAC catalogue answers with; other JSON (tokens!) is not kept. */
const STAC_TYPES: readonly unknown[] = ['FeatureCollection', 'Feature', 'Collection', 'Catalog'];

export interface DocumentOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** How one sort of document is fetched, kept and given back. */
interface Sort<T> {
  readonly kind: CacheKind;
  readonly lifeMs: number;
  readonly fetch: () => Promise<T>;
  /** What was asked by POST, as part of the key. */
  readonly posted?: PostedJson;
  /** Null where it is not to be kept. */
  readonly pack: (document: T) => Bytes | null;
  readonly unpack: (bytes: Bytes) => T;
}

/**
 * Reads small documents through a cache: the network first, unless the last answer is young; the last answer whatever
 * its age where the server cannot be reached. Addresses with nothing behind them are remembered beside the documents of
 * their folder, so that a static catalogue is read again without a request.
 */
export function createCachedDocuments(
  transport: Transport,
  cache: Cache,
  { now = Date.now }: DocumentOptions = {},
): Pick<Transport, 'readJson' | 'readAll'> {
  async function read<T>(url: string, sort: Sort<T>, signal: AbortSignal): Promise<T> {
    const key = keyOf(url, sort.posted);
    const kept = await cache.get(key, signal);
    if (kept !== null && now() - kept.stored < sort.lifeMs) return sort.unpack(kept.bytes);
    try {
      const fresh = await sort.fetch();
      const packed = sort.pack(fresh);
      if (packed !== null) await cache.put(key, sort.kind, packed, signal);
      return fresh;
    } catch (error) {
      if (kept === null || isAbort(error) || !isOutage(error)) throw error;
      const date = new Date(kept.stored).toISOString().slice(0, 10);
      cache.note(new CropError('store/old-answer', { host: new URL(url).host, date }, error));
      return sort.unpack(kept.bytes);
    }
  }

  async function knownAbsent(url: string, signal: AbortSignal): Promise<boolean> {
    const kept = await cache.get(absentKey(url), signal);
    if (kept === null || now() - kept.stored >= ANSWER_LIFE_MS) return false;
    // Where nothing else of the folder was found either, somebody may just be putting it right.
    const folder = resourceOf(new URL('.', url).href);
    return (await cache.list(`${FOUND}|${folder}`, signal)).length > 0;
  }

  async function fetchJson(url: string, signal: AbortSignal, posted?: PostedJson): Promise<unknown> {
    try {
      return await transport.readJson(url, signal, posted);
    } catch (error) {
      if (posted === undefined && isCropError(error, 'net/not-found')) {
        await cache.put(absentKey(url), 'searches', new Uint8Array(0), signal);
      }
      throw error;
    }
  }

  return {
    async readJson(url, signal, posted) {
      if (posted === undefined && (await knownAbsent(url, signal))) throw new CropError('net/not-found', { url });
      const sort: Sort<unknown> = {
        kind: 'searches',
        lifeMs: ANSWER_LIFE_MS,
        fetch: () => fetchJson(url, signal, posted),
        ...(posted === undefined ? {} : { posted }),
        pack: (json) => (isStac(json) ? new TextEncoder().encode(JSON.stringify(json)) : null),
        unpack: (bytes) => parseJson(bytes, url),
      };
      return read(url, sort, signal);
    },
    readAll(url, signal) {
      const sort: Sort<Bytes> = {
        kind: 'models',
        lifeMs: CARD_LIFE_MS,
        fetch: () => transport.readAll(url, signal),
        // Model files are kept by their content (`./content-store`), whatever their address.
        pack: (bytes) => (resourceOf(url).endsWith('.json') ? bytes : null),
        unpack: (bytes) => bytes,
      };
      return read(url, sort, signal);
    },
  };
}

/** Forgets the answer of an address. */
export function forgetDocument(url: string, cache: Cache): Promise<void> {
  return cache.forget([keyOf(url), absentKey(url)]);
}

function keyOf(url: string, posted?: PostedJson): string {
  const asked = posted === undefined ? '' : ` POST ${JSON.stringify(posted.body)}`;
  return `${FOUND}|${answerOf(url)}${asked}`;
}

function absentKey(url: string): string {
  return `${ABSENT}|${answerOf(url)}`;
}

/** No answer, or one that says that the server is in trouble; refusals and missing files are answers. */
function isOutage(error: unknown): boolean {
  if (isCropError(error, 'net/unreachable') || isCropError(error, 'net/short-body')) return true;
  return isCropError(error, 'net/status') && Number(error.details['status']) >= 500;
}

function isStac(json: unknown): boolean {
  return typeof json === 'object' && json !== null && STAC_TYPES.includes((json as { type?: unknown }).type);
}
