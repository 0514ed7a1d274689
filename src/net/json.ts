import { CropError } from '../errors';

/**
 * Bytes of UTF-8 text as JSON.
 * @throws CropError `net/not-json`
 */
export function parseJson(bytes: Uint8Array, url: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new CropError('net/not-json', { url }, cause);
  }
}
