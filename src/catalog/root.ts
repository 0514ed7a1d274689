import { absoluteUrl, isSignature } from '../net';

/** A catalogue's address, taken apart. */
export interface CatalogRoot {
  /** The folder or the root of the API: no query, no slash at the end. */
  readonly url: string;
  /** The file that was named, where it is neither `items.json` nor `collection.json` (their folder is `url` then). */
  readonly file: string | null;
  /** The collection that was named, where the address is that of one: `.../collections/sentinel-2-l2a`. */
  readonly collection: string | null;
  /**
   * An address of the catalogue as it is asked for: with the query that was typed with the root (keys, signatures), and
   * its name and password, where it is on the same server; as it is elsewhere.
   */
  carry(address: string): string;
}

/** What a folder may be named by. */
const LISTS = /\/(items|collection)\.json$/i;

const DOCUMENT = /\.(geo)?json$/i;

/** Under the root of an API (STAC API 1.0): its search, and its collections with their items. */
const BELOW_ROOT = /\/(?:search|collections(?:\/([^/]+)(?:\/items)?)?)$/;

/**
 * Takes the address of a catalogue apart.
 * @throws CropError `net/bad-url`
 */
export function catalogRoot(address: string): CatalogRoot {
  const home = new URL(absoluteUrl(address));
  const bare = new URL(home);
  bare.search = '';
  bare.hash = '';
  const path = bare.href.replace(/\/+$/, '').replace(LISTS, '');
  const file = DOCUMENT.test(path) ? path : null;
  const named = home.protocol === 'file:' || file !== null ? null : BELOW_ROOT.exec(path);
  return {
    url: file === null ? path.slice(0, named?.index) : path.replace(/\/[^/]*$/, ''),
    file,
    collection: named?.[1] === undefined ? null : decodeURIComponent(named[1]),
    carry: (other) => carried(home, other),
  };
}

function carried(home: URL, address: string): string {
  const target = new URL(address);
  // Servers behind a proxy write their links as http; what was typed as https is not asked for in the open.
  if (home.protocol === 'https:' && target.protocol === 'http:' && target.host === home.host)
    target.protocol = 'https:';
  if (target.protocol === 'file:' || target.origin !== home.origin) return address;
  if (target.username === '' && target.password === '') {
    target.username = home.username;
    target.password = home.password;
  }
  const names = [...target.searchParams.keys()];
  // A signature covers the whole address: nothing may be added to it.
  if (names.some(isSignature)) return target.href;
  // Joined as text: a signature must arrive as it was written.
  const missing = home.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !names.includes(nameOf(pair)));
  if (missing.length === 0) return target.href;
  target.hash = '';
  return `${target.href}${names.length === 0 ? '?' : '&'}${missing.join('&')}`.replace('??', '?');
}

function nameOf(pair: string): string {
  return [...new URLSearchParams(pair).keys()][0] ?? '';
}
