/** Stands for what was hidden. */
const HIDDEN = '***';

/** An address in a text: a scheme, two slashes, and what follows up to a blank or a quotation mark. */
const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"<>`\\]+/gi;

/** What belongs to the sentence around an address, not to the address. */
const PUNCTUATION = /[.,:;!?)\]}']*$/;

/**
 * An address without what may be a secret: the values of its query (keys, signatures), its fragment, and the name and
 * password before its host. That there was something stays visible: `https://host/path?***`.
 */
export function redactAddress(address: string): string {
  const [, path, tail] = /^([^?#]*)(.*)$/s.exec(address)!;
  const open = path!.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, `$1${HIDDEN}@`);
  return tail!.length > 1 ? `${open}?${HIDDEN}` : open + tail!;
}

/** A text with every address in it as `redactAddress` shows it. */
export function redactText(text: string): string {
  return text.replace(ADDRESS, (match) => {
    const [end] = PUNCTUATION.exec(match)!;
    return redactAddress(match.slice(0, match.length - end.length)) + end;
  });
}

/** A copy of plain data (what JSON can hold) with every text in it as `redactText` shows it, and every `url` whole. */
export function redactData<T>(value: T): T {
  if (typeof value === 'string') return redactText(value) as T;
  if (Array.isArray(value)) return value.map(redactData) as T;
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([key, part]: [string, unknown]) => [
    key,
    key === 'url' && typeof part === 'string' ? redactAddress(part) : redactData(part),
  ]);
  return Object.fromEntries(parts) as T;
}
