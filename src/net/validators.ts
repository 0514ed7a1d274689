import type { HttpHeaders } from './types';
import { CropError } from '../errors';

/** Remembers which version of each file was read first, so that parts of two versions are never put together. */
export interface Validators {
  /**
   * Compares an answer with the version read before.
   * @throws CropError `net/file-changed` where it is another one, which is then the version to come
   */
  check(url: string, headers: HttpHeaders): void;
  /** The version read last, by the better witness that there is; null where the server told nothing. */
  latest(url: string): string | null;
}

/** Files remembered: a season of 150 dates with eleven assets each. */
const MOST_FILES = 2048;

interface Version {
  /** Strong entity tag; weak ones do not promise the same bytes (RFC 9110, section 8.8.3). */
  readonly tag: string | null;
  readonly modified: string | null;
}

export function createValidators(): Validators {
  // A Map keeps the order of insertion: the first key is the one remembered longest.
  const known = new Map<string, Version>();
  return {
    check(url, headers) {
      const version = versionOf(headers);
      const before = known.get(url);
      known.delete(url);
      // An answer that tells less does not make the rest forgotten.
      known.set(url, {
        tag: version.tag ?? before?.tag ?? null,
        modified: version.modified ?? before?.modified ?? null,
      });
      if (known.size > MOST_FILES) known.delete(known.keys().next().value!);
      if (before !== undefined && differ(before, version)) throw new CropError('net/file-changed', { url });
    },
    latest: (url) => known.get(url)?.tag ?? known.get(url)?.modified ?? null,
  };
}

/** Pages see ETag only where a host exposes it; Last-Modified they always see. */
function versionOf(headers: HttpHeaders): Version {
  const tag = headers.get('etag');
  return { tag: tag?.startsWith('W/') ? null : tag, modified: headers.get('last-modified') };
}

/** Only what both answers tell can differ; the tag is the better witness. */
function differ(a: Version, b: Version): boolean {
  if (a.tag !== null && b.tag !== null) return a.tag !== b.tag;
  return a.modified !== null && b.modified !== null && a.modified !== b.modified;
}
