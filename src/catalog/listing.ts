import { CropError, isCropError } from '../errors';
import { derivedRequests, linkedRequests, type Pager } from './next-page';
import { type FoundItem, type Page, type PageRequest, readPage, type ReadOptions } from './page';
import { PAGE_LIMIT, type Parameters } from './question';

/** More items than a season of one tile has by far (about 180 a year): the question was wrong, or the paging. */
export const MAX_ITEMS = 10_000;

/** A list may have empty pages in it; more of them in a row are taken for its end. */
const MAX_EMPTY_PAGES = 10;

/** The same where the server does not say that there are more items: some link a next page for ever. */
const MAX_EMPTY_UNCOUNTED = 3;

/** A list read as far as its server gives it. */
export interface Listing {
  /** By collection and id. */
  readonly items: ReadonlyMap<string, FoundItem>;
  /** Items that the server says it has; null where it does not say. */
  readonly matched: number | null;
  /** Whether this is all, as far as one can tell. */
  readonly complete: boolean;
  /** What stopped it, as the end of a sentence; null where nothing did. */
  readonly trouble: string | null;
}

/** How a server has been found to page where it gives no links; shared by all lists of a search. */
export interface PagingHabits {
  pager: Pager | null;
  /** All ways were tried, and none led on. */
  none: boolean;
}

export interface ListingOptions extends ReadOptions {
  /** Address of the catalogue, for messages. */
  readonly root: string;
  readonly habits: PagingHabits;
}

/**
 * Reads a list of items to its end: by links, through empty pages, and where a link is missing or leads back, by every
 * other way that a server may understand. Items that come twice are kept once.
 * @param request what was asked for the first page
 * @throws CropError `catalog/paging` for more than 10 000 items, `net/*`
 */
export async function readListing(
  firstPage: Page,
  request: PageRequest,
  own: Parameters,
  options: ListingOptions,
): Promise<Listing> {
  const { habits } = options;
  const items = new Map<string, FoundItem>();
  const asked = new Set([keyOf(request)]);
  let [page, current, pages, empty] = [firstPage, request, 1, 0];
  let matched: number | null = null;
  let trouble: string | null = null;

  function take({ features, matched: told }: Page, { url }: PageRequest, derived: boolean): number {
    const before = items.size;
    for (const item of features) {
      const key = itemKey(item);
      if (!items.has(key)) items.set(key, { item, base: url });
    }
    // A question put otherwise may be answered for a part of the list.
    if (told !== null) matched = derived ? Math.max(told, matched ?? 0) : told;
    if (items.size > MAX_ITEMS) {
      const reason = `it has more than ${MAX_ITEMS} items for this place and time`;
      throw new CropError('catalog/paging', { url: options.root, reason });
    }
    return items.size - before;
  }

  /** Goes on to the first of these that brings something new; what was asked before is not asked again. */
  async function follow(requests: readonly PageRequest[], derived: boolean): Promise<PageRequest | null> {
    for (const next of requests) {
      if (asked.has(keyOf(next))) {
        trouble ??= 'its pages go in a circle';
        continue;
      }
      asked.add(keyOf(next));
      const found = await readPage(next, options).catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
        trouble ??= 'the server refuses its own next page';
        return null;
      });
      if (found === null) continue;
      if (take(found, next, derived) > 0 || (!derived && found.features.length === 0)) {
        [page, current, pages, trouble] = [found, next, pages + 1, null];
        return next;
      }
      if (found.features.length > 0) trouble ??= 'a page repeats the one before';
    }
    return null;
  }

  /** Whether there is reason to think that there are more items. */
  const isShort = (): boolean =>
    matched === null
      ? trouble !== null || (items.size > 0 && page.features.length >= (page.limit ?? PAGE_LIMIT))
      : items.size < matched;

  take(page, current, false);
  for (;;) {
    empty = page.features.length === 0 ? empty + 1 : 0;
    if (empty >= (matched === null ? MAX_EMPTY_UNCOUNTED : MAX_EMPTY_PAGES)) break;
    const link = page.links.find(({ rel }) => rel === 'next');
    if (link !== undefined && (empty === 0 || isShort() || matched === null)) {
      if ((await follow(linkedRequests(link, current, own), false)) !== null) continue;
    }
    if (!isShort() || habits.none || items.size === 0) break;
    const last = [...items.values()].at(-1)?.item;
    const derived = derivedRequests(request, { pages, items: items.size, last }, habits.pager);
    const used = await follow(
      derived.map((one) => one.request),
      true,
    );
    if (used === null) {
      habits.none = habits.pager === null;
      trouble ??= 'the server gives no way to the next page';
      break;
    }
    habits.pager = derived.find((one) => one.request === used)!.pager;
  }
  const complete = !isShort();
  return { items, matched, complete, trouble: complete ? null : trouble };
}

/** Whether a server says that it does not understand what it was asked; its troubles are not that. */
export function isRefusal(error: unknown): error is CropError {
  return isCropError(error, 'net/refused') || isCropError(error, 'catalog/not-stac');
}

function keyOf({ url, posted }: PageRequest): string {
  return posted === undefined ? url : `${url} ${JSON.stringify(posted.body)}`;
}

/** Items of two collections may share an id; what has no id is kept apart, to be counted as broken later. */
export function itemKey(item: unknown): string {
  const { id, collection } = (item ?? {}) as { id?: unknown; collection?: unknown };
  return typeof id === 'string' ? `${String(collection)}/${id}` : JSON.stringify(item);
}
