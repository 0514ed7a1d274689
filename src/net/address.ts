import { CropError } from '../errors';

/**
 * An absolute address: `reference` against `base`, or against the page's own address where no base is given.
 * @throws CropError `net/bad-url`
 */
export function absoluteUrl(reference: string, base?: string): string {
  // The page's address is not a global in Node; a worker has its own.
  const here = (globalThis as { location?: { href: string } }).location?.href;
  const root = base === undefined ? here : absoluteUrl(base);
  try {
    return new URL(reference, root).href;
  } catch (cause) {
    throw new CropError('net/bad-url', { url: reference }, cause);
  }
}

/** An address as it may be asked for, and what stands for the name and password that were in it. */
export interface Ask {
  readonly address: string;
  /** The header of HTTP's basic login (RFC 7617); empty where the address has none. */
  readonly login: Readonly<Record<string, string>>;
}

/** Takes name and password out of an address: `fetch` refuses addresses that have them. */
export function withoutLogin(address: string): Ask {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return { address, login: {} };
  const pair = new TextEncoder().encode(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  url.username = '';
  url.password = '';
  return { address: url.href, login: { Authorization: `Basic ${btoa(String.fromCharCode(...pair))}` } };
}
