import { isCropError } from '../errors';
import { splitBbox } from '../geo';
import { collectionIds, level2aOf } from './collections';
import { halvesOf } from './halves';
import { isRefusal, type Listing, type PagingHabits, readListing } from './listing';
import { type FoundItem, type PageRequest, readPage, type ReadOptions } from './page';
import { type Manner, parametersOf, requestOf, type Span } from './question';
import type { SceneQuery } from './types';

/** A STAC API and how it is asked. */
export interface Api {
  /** Root, without a slash at the end. */
  readonly root: string;
  readonly searchUrl: string;
  readonly manner: Manner;
  /** Whether it is one whose collections are known, so that an empty answer is one. */
  readonly known: boolean;
}

/** What an API has for a query. */
export interface ApiItems {
  readonly items: FoundItem[];
  /** The collections that were asked in the end; null for all. */
  readonly collections: readonly string[] | null;
  /** Sentences for people. */
  readonly notices: string[];
}

/** Times that the days of a query are divided where a server pages by no means; each costs two requests and more. */
const MOST_DIVISIONS = 40;

/** A server that has not got a method says so. */
const METHOD_NOT_ALLOWED = 405;
const SERVER_ERROR = 500;

/**
 * All items of a STAC API that answer a query. It is asked by GET (a POST with JSON needs a CORS preflight, which Earth
 * Search has refused) with everything that it is thought to understand, then with less where it refuses that; without
 * picking tiles where that finds nothing; and with the names of its own collections where it has none of those asked for.
 * @throws CropError `catalog/not-stac`, `catalog/paging`, `net/*`
 */
export async function findInApi(api: Api, query: SceneQuery, options: ReadOptions): Promise<ApiItems> {
  const asker = new Asker(api, options);
  const outcome = await asker.search(query).catch((error: unknown) => {
    if (api.known || !(isRefusal(error) || isCropError(error, 'net/not-found'))) throw error;
    return error;
  });
  const empty = outcome instanceof Error || outcome.items.length === 0;
  const { collections } = api.manner;
  if (empty && !api.known && collections !== null) {
    const ids = await collectionIds(api.root, options);
    const present = ids?.filter((id) => collections.includes(id)) ?? [];
    if (ids !== null && present.length === 0) {
      const own = level2aOf(ids);
      const again = await asker.withCollections(own.length === 0 ? null : own).search(query);
      const asked =
        own.length === 0 ? 'all its collections were' : `${own.join(' and ')} ${own.length === 1 ? 'was' : 'were'}`;
      return {
        ...again,
        notices: [`There is no collection ${collections.join(' or ')}: ${asked} searched.`, ...again.notices],
      };
    }
  }
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

/** One API during one search: what it refuses once it is not asked again. */
class Asker {
  readonly #api: Api;
  readonly #options: ReadOptions;
  #manner: Manner;
  readonly #habits: PagingHabits = { pager: null, none: false };
  #divisions = 0;

  constructor(api: Api, options: ReadOptions) {
    this.#api = api;
    this.#options = options;
    this.#manner = api.manner;
  }

  withCollections(collections: readonly string[] | null): this {
    this.#manner = { ...this.#manner, collections };
    return this;
  }

  async search(query: SceneQuery): Promise<ApiItems> {
    const found = await this.#searchBoxes(query);
    if (found.items.length > 0 || this.#manner.tiles === null || query.tiles === undefined) return found;
    // Its items may name their tile by another property; tiles are picked here in any case.
    this.#manner = { ...this.#manner, tiles: null };
    return this.#searchBoxes(query);
  }

  /** A box across the 180th meridian is two: not all servers understand a west greater than the east. */
  async #searchBoxes(query: SceneQuery): Promise<ApiItems> {
    const items = new Map<string, FoundItem>();
    const notices: string[] = [];
    for (const bbox of splitBbox(query.bbox)) {
      const { items: found, notice } = await this.#searchSpan({ ...query, bbox });
      for (const [key, item] of found) items.set(key, item);
      if (notice !== null) notices.push(notice);
    }
    return { items: [...items.values()], collections: this.#manner.collections, notices };
  }

  async #searchSpan(span: Span): Promise<{ items: ReadonlyMap<string, FoundItem>; notice: string | null }> {
    const whole = await this.#list(span);
    if (whole.complete) return { items: whole.items, notice: null };
    const items = new Map(whole.items);
    const divided = await this.#divide(span, items);
    const all = divided && (whole.matched === null || items.size >= whole.matched);
    return { items, notice: all ? null : shortage(items.size, whole) };
  }

  /**
   * Reads the two halves of a span by themselves, and theirs in turn, for servers that give the first items of a list
   * only. Adds what is found.
   * @returns whether the parts are complete
   */
  async #divide(span: Span, items: Map<string, FoundItem>): Promise<boolean> {
    const halves = halvesOf(span.range);
    if (halves === null || this.#divisions === MOST_DIVISIONS) return false;
    this.#divisions += 1;
    const before = items.size;
    const parts: { readonly half: Span; readonly complete: boolean }[] = [];
    for (const range of halves) {
      const half = { ...span, range };
      const listing = await this.#list(half);
      for (const [key, item] of listing.items) items.set(key, item);
      parts.push({ half, complete: listing.complete });
    }
    // A server that gives the same items whatever the days is not asked for ever.
    if (items.size === before && parts.every(({ complete }) => !complete)) return false;
    let complete = true;
    for (const part of parts) {
      if (!part.complete && !(await this.#divide(part.half, items))) complete = false;
    }
    return complete;
  }

  async #list(span: Span): Promise<Listing> {
    for (;;) {
      const own = parametersOf(this.#manner, span);
      const request = requestOf(this.#api.searchUrl, this.#manner, own);
      const page = await this.#ask(request);
      if (page === null) continue;
      const options = { ...this.#options, root: this.#api.root, habits: this.#habits };
      return readListing(page, request, own, options);
    }
  }

  /** The first page; null where the server refuses the question and it can be put in another manner. */
  async #ask(request: PageRequest): Promise<Awaited<ReturnType<typeof readPage>> | null> {
    try {
      return await readPage(request, this.#options);
    } catch (error) {
      const plainer = plainerManner(this.#manner, error);
      if (plainer === null) throw error;
      this.#manner = plainer;
      return null;
    }
  }
}

/** The manner without what a server seems to refuse; null where nothing can be left out. */
function plainerManner(manner: Manner, error: unknown): Manner | null {
  if (!isCropError(error)) return null;
  const { code, details } = error;
  const failed = code === 'net/status' && details['status'] === SERVER_ERROR;
  if (code === 'net/refused' && details['status'] === METHOD_NOT_ALLOWED) {
    return manner.post ? null : { ...manner, post: true };
  }
  if (code !== 'net/refused' && !failed) return null;
  const said = String(details['said'] ?? '').toLowerCase();
  const droppable = [
    ...(manner.fields ? (['fields'] as const) : []),
    ...(manner.tiles === null ? [] : (['tiles'] as const)),
    ...(manner.limit && !failed ? (['limit'] as const) : []),
  ];
  const words = { fields: ['fields'], tiles: ['query', 'filter', 'grid:code'], limit: ['limit'] };
  const named = droppable.filter((part) => words[part].some((word) => said.includes(word)));
  const extensions = droppable.filter((part) => part !== 'limit');
  const dropped: readonly string[] = named.length > 0 ? named : extensions.length > 0 ? extensions : droppable;
  if (dropped.length === 0) return null;
  return {
    ...manner,
    fields: manner.fields && !dropped.includes('fields'),
    tiles: dropped.includes('tiles') ? null : manner.tiles,
    limit: manner.limit && !dropped.includes('limit'),
  };
}

function shortage(count: number, { matched, trouble }: Listing): string {
  const reason = trouble ?? 'its list ends early';
  return matched !== null && count < matched
    ? `${count} of ${matched} items of this place and time could be read: ${reason}.`
    : `There may be more than the ${count} items that were read: ${reason}.`;
}
