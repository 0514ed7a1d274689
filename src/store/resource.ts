/**
 * Parameters that sign an address for a while and say nothing about the file: Azure's SAS tokens, and the signatures of
 * S3, CloudFront and Google (their documentation lists them).
 */
const SIGNATURES = new Set([
  ...['sv', 'ss', 'srt', 'sp', 'st', 'se', 'spr', 'sip', 'sr', 'sig', 'skoid', 'sktid', 'skt', 'ske', 'sks', 'skv'],
  ...['expires', 'signature', 'key-pair-id', 'policy', 'awsaccesskeyid', 'googleaccessid', 'token'],
]);

/** Their newer ones share a beginning. */
const SIGNATURE_PREFIXES = ['x-amz-', 'x-goog-'];

/** What an address names, whoever signed it and when: the key of a file in a cache. */
export function resourceOf(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  const signing = [...url.searchParams.keys()].filter((name) => {
    const lower = name.toLowerCase();
    return SIGNATURES.has(lower) || SIGNATURE_PREFIXES.some((prefix) => lower.startsWith(prefix));
  });
  for (const name of signing) url.searchParams.delete(name);
  url.hash = '';
  return url.href;
}
