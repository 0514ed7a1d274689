import { type CropError, isCropError } from '../errors';
import { findInApi } from './api';
import { landingOf } from './landing';
import { documentOf, type FoundItem, readDocument, type ReadOptions } from './page';
import type { CatalogRoot } from './root';
import { atLeastOne, findInFolder, fromDocument, fromEntry, fromItems } from './static';
import type { CatalogSource, SceneQuery } from './types';

/** What a catalogue has, and what it turned out to be. */
export interface FoundItems {
  readonly kind: NonNullable<CatalogSource['kind']>;
  readonly items: readonly FoundItem[];
  /** Of an API: the collections that were asked in the end; null for all. */
  readonly collections: readonly string[] | null;
  /** Sentences for people. */
  readonly notices: readonly string[];
}

/**
 * The items of a catalogue, whose kind is found out where the source does not tell it: a file is what it says it is, a
 * folder has its `items.json`, `collection.json` or `catalog.json`, the root of an API links its search. The list of a
 * folder is asked for first, because there it is all that is needed; an API pays one request more, once in the life of a
 * cached answer.
 * @throws CropError `catalog/*`, `net/*`
 */
export async function findItems(
  source: CatalogSource,
  root: CatalogRoot,
  query: SceneQuery,
  options: ReadOptions,
): Promise<FoundItems> {
  const { url, file } = root;
  const collections = root.collection === null ? (source.collections ?? null) : [root.collection];
  if (file !== null) {
    return folder(
      atLeastOne(file, await fromDocument({ document: await readDocument(file, options), base: file }, options)),
    );
  }
  if (source.kind === 'static') return folder(await findInFolder(url, options));
  if (source.kind === 'api') {
    const manner = { post: false, fields: true, tiles: tilesBy(source, 'query' as const), limit: true, collections };
    return api(await findInApi({ root: url, searchUrl: `${url}/search`, manner, known: true }, query, options));
  }
  const denials: CropError[] = [];
  const list = await unlessRefused(() => fromItems(url, options), denials);
  if (list !== null) return folder(atLeastOne(url, list));
  const entry = await unlessRefused(() => options.transport.readJson(url, options.signal), denials);
  const landing = landingOf(entry, `${url}/`);
  if (landing !== null) {
    const manner = { ...landing.manner, tiles: tilesBy(source, landing.manner.tiles), limit: true, collections };
    return api(await findInApi({ root: url, searchUrl: landing.searchUrl, manner, known: false }, query, options));
  }
  const document = documentOf(entry);
  const base = selfOf(entry, url);
  const served = document === null ? [] : await fromDocument({ document, base }, options);
  if (served.length > 0) return folder(served);
  return folder(
    atLeastOne(
      url,
      await fromEntry(url, options).catch((error: unknown) => {
        // Nothing was found because nothing may be read.
        throw isCropError(error, 'catalog/not-stac') && denials.length > 0 ? denials[0]! : error;
      }),
    ),
  );
}

function folder(items: readonly FoundItem[]): FoundItems {
  return { kind: 'static', items, collections: null, notices: [] };
}

function api(found: Omit<FoundItems, 'kind'>): FoundItems {
  return { kind: 'api', ...found };
}

function tilesBy<T>({ tileQuery }: CatalogSource, way: T): T | null {
  return tileQuery === false ? null : way;
}

/**
 * What relative links of a document without a file name refer to: the address that it gives itself, on the same server;
 * else the folder of that name.
 */
function selfOf(entry: unknown, url: string): string {
  const { links } = (entry ?? {}) as { links?: unknown };
  const all = (Array.isArray(links) ? links : []) as ({ rel?: unknown; href?: unknown } | null)[];
  const self = all.find((link) => link?.rel === 'self')?.href;
  const own = typeof self === 'string' && URL.canParse(self) && new URL(self).origin === new URL(url).origin;
  return own ? self : `${url}/`;
}

/** Null where a server has nothing of the kind at an address: it says so, sends a page for people, or refuses. */
async function unlessRefused<T>(read: () => Promise<T>, denials: CropError[]): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isCropError(error, 'net/denied')) denials.push(error);
    const codes = [
      'catalog/not-stac',
      'net/not-found',
      'net/not-json',
      'net/status',
      'net/refused',
      'net/denied',
    ] as const;
    if (codes.some((code) => isCropError(error, code))) return null;
    throw error;
  }
}
