import { CropError } from '../errors';

/**
 * SHA-256 of `bytes` as lower-case hex.
 * Rejects with `segment/insecure-context` where the platform withholds its hashing (pages over plain http).
 */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // The types promise `crypto.subtle` everywhere; pages that are not a secure context do not have it.
  const subtle = (globalThis as { crypto?: { subtle?: SubtleCrypto } }).crypto?.subtle;
  if (subtle === undefined) throw new CropError('segment/insecure-context');
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
