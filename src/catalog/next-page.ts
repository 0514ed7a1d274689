import { absoluteUrl, type PostedJson } from '../net';
import type { Link, PageRequest } from './page';
import { bodyOf, type Parameters } from './question';

/** What a server may call the place in a list where a page begins. */
export type Pager = 'page' | 'offset' | 'token' | 'startIndex';

/** Where a list stands. */
export interface Progress {
  /** Pages read. */
  readonly pages: number;
  /** Different items found. */
  readonly items: number;
  /** The last item found. */
  readonly last: unknown;
}

/**
 * Requests that a link to the next page may mean, the likeliest first.
 *
 * The first is our own request again, with what the link adds to it (a token, a page number). Taken as it is, the link of
 * Earth Search's server would lose `fields`, which it writes in a form that it cannot read back; and some servers answer
 * a GET with a link for POST, whose token works for GET too. Then the link as it is, by its own method.
 */
export function linkedRequests(link: Link, current: PageRequest, own: Parameters): PageRequest[] {
  const href = absoluteUrl(link.href, current.url);
  const posts = link.method?.toUpperCase() === 'POST' || link.body !== null;
  const literal: PageRequest = posts ? { url: href, posted: postedBy(link, current, own) } : { url: href };
  if (current.posted !== undefined) return [literal];
  const target = new URL(href);
  const added = Object.entries(link.body ?? Object.fromEntries(target.searchParams)).filter(
    // Servers turn our box into `intersects`; a request must not have both.
    ([key, value]) => !(key in own) && key !== 'intersects' && ['string', 'number'].includes(typeof value),
  );
  if (added.length === 0) return [literal];
  const parameters = new URLSearchParams(own);
  for (const [key, value] of added) parameters.set(key, String(value));
  return [{ url: `${target.origin}${target.pathname}?${parameters}` }, literal];
}

/** A body that does not say what is searched for only says what changes, whatever `merge` says. */
function postedBy({ body, merge, headers }: Link, current: PageRequest, own: Parameters): PostedJson {
  const before = (current.posted?.body as Record<string, unknown> | undefined) ?? bodyOf(own);
  const whole = !merge && body !== null && ['collections', 'bbox', 'intersects'].some((key) => key in body);
  return { body: whole ? body : { ...before, ...body }, headers };
}

/**
 * Requests by which a server that gives no link to the next page may give it all the same.
 * @param preferred the way that has worked before
 */
export function derivedRequests(
  first: PageRequest,
  { pages, items, last }: Progress,
  preferred: Pager | null,
): { readonly pager: Pager; readonly request: PageRequest }[] {
  const { id, collection } = (last ?? {}) as { id?: unknown; collection?: unknown };
  const places: [Pager, string | number][] = [
    ['page', pages + 1],
    ['offset', items],
    ['startIndex', items],
  ];
  // The token that pgstac would have given.
  if (typeof id === 'string')
    places.push(['token', `next:${typeof collection === 'string' ? `${collection}:` : ''}${id}`]);
  return places
    .sort(([a], [b]) => Number(b === preferred) - Number(a === preferred))
    .map(([pager, place]) => ({ pager, request: withParameter(first, pager, place) }));
}

function withParameter({ url, posted }: PageRequest, name: string, value: string | number): PageRequest {
  if (posted !== undefined) return { url, posted: { ...posted, body: { ...(posted.body as object), [name]: value } } };
  const address = new URL(url);
  address.searchParams.set(name, String(value));
  return { url: address.href };
}
