import { isKey, isSignature } from '../net';
import { checksum } from './checksum';

const HEX = 16;
const HEX_DIGITS = 8;

/** What an address names, whoever signed it and when, and whoever reads it: the key of a file in a cache. */
export function resourceOf(address: string): string {
  return withoutSecrets(address, () => null);
}

/**
 * The same for an answer of a server. Its keys are shown as numbers and not left out: a `token` may be the key of a
 * person or the name of a page, and answers may differ from person to person.
 */
export function answerOf(address: string): string {
  return withoutSecrets(address, (value) =>
    checksum(new TextEncoder().encode(value)).toString(HEX).padStart(HEX_DIGITS, '0'),
  );
}

/** @param shown what stands for the value of a key; null leaves the parameter out */
function withoutSecrets(address: string, shown: (value: string) => string | null): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  for (const [name, value] of [...url.searchParams]) {
    if (isSignature(name)) url.searchParams.delete(name);
    else if (isKey(name)) {
      const instead = shown(value);
      if (instead === null) url.searchParams.delete(name);
      else url.searchParams.set(name, instead);
    }
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href;
}
