import { isCropError } from '../errors';
import { findInApi } from './api';
import type { FoundItem, ReadOptions } from './page';
import { atLeastOne, findInFolder, fromCollection, fromItems } from './static';
import type { CatalogSource, SceneQuery } from './types';

/** What a catalogue has, and what it turned out to be. */
export interface FoundItems {
  readonly kind: NonNullable<CatalogSource['kind']>;
  readonly items: readonly FoundItem[];
}

/**
 * The items of a catalogue, whose kind is found out where the source does not tell it: a folder has its `items.json` or
 * a `collection.json`, the root of an API links its search. The list of a folder is asked for first, because there it is
 * all that is needed; an API pays one request more, once in the life of a cached answer.
 * @throws CropError `catalog/*`, `net/*`
 */
export async function findItems(source: CatalogSource, query: SceneQuery, options: ReadOptions): Promise<FoundItems> {
  const { url, kind } = source;
  if (kind === 'static') return { kind, items: await findInFolder(url, options) };
  const list = kind === 'api' ? null : await unlessRefused(() => fromItems(url, options));
  if (list !== null) return { kind: 'static', items: atLeastOne(url, list) };
  if (kind === 'api' || (await isApi(url, options))) {
    return { kind: 'api', items: await findInApi(source, query, options) };
  }
  return { kind: 'static', items: atLeastOne(url, await fromCollection(url, options)) };
}

/** Whether the document at an address is the landing page of an API that can be searched (STAC API 1.0, item search). */
async function isApi(url: string, { transport, signal }: ReadOptions): Promise<boolean> {
  const root = await unlessRefused(() => transport.readJson(url, signal));
  if (typeof root !== 'object' || root === null || !('links' in root) || !Array.isArray(root.links)) return false;
  return root.links.some((link: unknown) => (link as { rel?: unknown } | null)?.rel === 'search');
}

/** Null where a server has nothing of the kind at an address: it says so, sends a page for people, or refuses. */
async function unlessRefused<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const codes = ['catalog/not-stac', 'net/not-found', 'net/not-json', 'net/status'] as const;
    if (codes.some((code) => isCropError(error, code))) return null;
    throw error;
  }
}
