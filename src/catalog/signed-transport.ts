import { isCropError } from '../errors';
import type { Transport } from '../net';
import { SIGNED_STORES, type SignedStore } from './sources';
import { createTokenDesk } from './token-desk';

interface SigningOptions {
  /** Blobs that need a token; those of Planetary Computer by default. */
  readonly stores?: readonly SignedStore[];
  /** Milliseconds since 1970; the clock by default. */
  readonly now?: () => number;
}

/** Azure says this for a token that has run out or was never good. */
const FORBIDDEN = 403;

/**
 * Adds the access token of a store to the addresses of its blobs at the moment of the request. Scenes, headers and
 * caches above see plain addresses only, which stay the same from day to day. A token is asked for once for all blobs,
 * renewed before it runs out, and once more where the store refuses it earlier.
 * Put it right above the transport that makes the requests, below all caches.
 */
export function signedTransport(inner: Transport, options: SigningOptions = {}): Transport {
  const now = options.now ?? Date.now;
  const desks = (options.stores ?? SIGNED_STORES).map((store) => createTokenDesk(store, inner, now));

  async function signed<T>(url: string, signal: AbortSignal, read: (address: string) => Promise<T>): Promise<T> {
    const desk = desks.find(({ store }) => url.startsWith(store.prefix));
    if (desk === undefined) return read(url);
    const token = await desk.token(signal);
    try {
      return await withToken(url, token, read);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      desk.refuse(token);
      return withToken(url, await desk.token(signal), read);
    }
  }

  return {
    ...inner,
    readAll: (url, signal) => signed(url, signal, (address) => inner.readAll(address, signal)),
    readJson: (url, signal, posted) => signed(url, signal, (address) => inner.readJson(address, signal, posted)),
    readRange: (url, start, length, signal) =>
      signed(url, signal, (address) => inner.readRange(address, start, length, signal)),
  };
}

function withToken<T>(url: string, token: string, read: (address: string) => Promise<T>): Promise<T> {
  return read(`${url}${url.includes('?') ? '&' : '?'}${token}`);
}

function isForbidden(error: unknown): boolean {
  return isCropError(error, 'net/denied') && error.details['status'] === FORBIDDEN;
}
