import { redactAddress } from '../errors';
import { catalogRoot } from './root';
import type { CatalogSource } from './types';

/** Earth Search v1 of Element 84: free, no account, readable from browsers (CORS `*`). */
export const EARTH_SEARCH: CatalogSource = {
  kind: 'api',
  url: 'https://earth-search.aws.element84.com/v1',
  // The reprocessed c1 only fills gaps: it has holes before 2018 and in 2022 (0.3 of 4 million items).
  collections: ['sentinel-2-l2a', 'sentinel-2-c1-l2a'],
  title: 'Earth Search (Sentinel-2 on AWS)',
};

/** Planetary Computer: nearer to Europe; its blobs need a token that is given to everybody (see `SIGNED_STORES`). */
export const PLANETARY_COMPUTER: CatalogSource = {
  kind: 'api',
  url: 'https://planetarycomputer.microsoft.com/api/stac/v1',
  collections: ['sentinel-2-l2a'],
  // Its items name their tile in s2:mgrs_tile only.
  tileQuery: false,
  title: 'Planetary Computer (Sentinel-2 on Azure)',
};

/** A place that scenes can come from, as a list for people shows it. */
export interface SourceEntry {
  /** What is typed for it. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what it is good for. */
  readonly note: string;
  /** Null where it cannot be used yet. */
  readonly source: CatalogSource | null;
}

/** Known sources, the most wanted first; any STAC API or static catalogue can be given by its address besides. */
export const SOURCES: readonly SourceEntry[] = [
  {
    id: 'earth-search',
    title: EARTH_SEARCH.title,
    note: 'All years, no account; the offset of 2022 and later is already out of most scenes.',
    source: EARTH_SEARCH,
  },
  {
    id: 'planetary-computer',
    title: PLANETARY_COMPUTER.title,
    note: 'All years, no account; its servers stand in western Europe.',
    source: PLANETARY_COMPUTER,
  },
  {
    id: 'companion',
    title: 'Companion on this computer',
    note: 'For archives that a browser cannot reach (CESNET, Copernicus Data Space); not part of this version.',
    source: null,
  },
];

/** Level 2A under the name that Earth Search, Planetary Computer and most others give it. */
const USUAL_COLLECTION = 'sentinel-2-l2a';

/**
 * The source at an address that a person has typed: a known one where it is theirs, else one of which the search finds
 * out what it is. Its title shows no key.
 * @param collection what an API is asked for
 */
export function sourceAt(address: string, collection = USUAL_COLLECTION): CatalogSource {
  const collections = collection === '' ? {} : { collections: [collection] };
  const known = SOURCES.find(({ source }) => source !== null && isAt(source, address))?.source;
  if (!known) return { url: address, title: redactAddress(address), ...collections };
  const own = catalogRoot(address).collection ?? collection;
  return {
    ...known,
    // With the query that was typed, where there is one.
    ...(address.includes('?') ? { url: address } : {}),
    ...(own === USUAL_COLLECTION || own === '' ? {} : { collections: [own] }),
  };
}

function isAt(source: CatalogSource, address: string): boolean {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return false;
  const [typed, known] = [new URL(catalogRoot(address).url), new URL(source.url)];
  return typed.host === known.host && typed.pathname === known.pathname;
}

/** Blobs that are read with a token in their query. */
export interface SignedStore {
  /** Beginning of the addresses that need the token. */
  readonly prefix: string;
  /** Answers `{ "msft:expiry": ISO time, "token": query string }` to everybody. */
  readonly tokenUrl: string;
}

export const SIGNED_STORES: readonly SignedStore[] = [
  {
    prefix: 'https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2/',
    tokenUrl: 'https://planetarycomputer.microsoft.com/api/sas/v1/token/sentinel2l2a01/sentinel2-l2',
  },
];
