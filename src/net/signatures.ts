/**
 * Parameters that sign an address for a while and say nothing about the file: Azure's SAS tokens, and the signatures of
 * S3, CloudFront and Google (their documentation lists them).
 */
const SIGNATURES = new Set([
  ...['sv', 'ss', 'srt', 'sp', 'st', 'se', 'spr', 'sip', 'sr', 'sig', 'skoid', 'sktid', 'skt', 'ske', 'sks', 'skv'],
  ...['expires', 'signature', 'key-pair-id', 'policy', 'awsaccesskeyid', 'googleaccessid'],
]);

/** Their newer ones share a beginning. */
const SIGNATURE_PREFIXES = ['x-amz-', 'x-goog-'];

/** Whether a parameter of an address is part of a signature. */
export function isSignature(name: string): boolean {
  const lower = name.toLowerCase();
  return SIGNATURES.has(lower) || SIGNATURE_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

/** How providers name the key of an account: `key`, `apikey`, `subscription-key`, `access_token` ... */
const KEY = /^(.*[-_.])?(api)?(key|token|secret|auth|password|passwd|pwd)$/i;

/** Whether a parameter of an address is a person's key. A `token` may be one, or the number of a page. */
export function isKey(name: string): boolean {
  return KEY.test(name) || /^(access|auth)(key|token)$/i.test(name);
}
