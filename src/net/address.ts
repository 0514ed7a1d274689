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
