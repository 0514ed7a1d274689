import { CropError } from '../../src/errors';
import type { PostedJson, Transport } from '../../src/net';
import { memoryTransport } from './memory-transport';

/** How a server in memory behaves. */
export interface ApiBehaviour {
  readonly items: readonly Record<string, unknown>[];
  /** Items per page whatever was asked; all where left out. */
  readonly cap?: number;
  /** How it tells the next page: by which link, or not at all. */
  readonly next?: 'get' | 'post' | 'post-merge' | 'none';
  /** The parameter by which it pages. */
  readonly pager?: 'page' | 'offset' | 'token' | 'startIndex';
  /** Whether the total is told, and how. */
  readonly count?: 'numberMatched' | 'context' | 'search:metadata';
  /** Whether days restrict the answer. */
  readonly byTime?: boolean;
  /** Status of the answer to a question, where it is refused, and what is said. */
  readonly refuse?: (parameters: ReadonlyMap<string, unknown>) => { status: number; said: string } | null;
  /** Changes the items of an answer. */
  readonly filter?: (
    items: readonly Record<string, unknown>[],
    parameters: ReadonlyMap<string, unknown>,
  ) => readonly Record<string, unknown>[];
  readonly conformsTo?: readonly string[];
  readonly collections?: readonly string[];
  readonly root?: string;
}

export interface ApiAsked {
  readonly url: URL;
  readonly posted: PostedJson | null;
  readonly parameters: ReadonlyMap<string, unknown>;
}

/** A STAC API in memory at `https://api.test/v1`, and what it was asked: searches only. */
export function stacApi(behaviour: ApiBehaviour): { transport: Transport; asked: ApiAsked[]; all: string[] } {
  const root = behaviour.root ?? 'https://api.test/v1';
  const asked: ApiAsked[] = [];
  const all: string[] = [];

  function search(url: URL, posted: PostedJson | undefined): unknown {
    const parameters = new Map<string, unknown>(
      posted === undefined ? url.searchParams : Object.entries(posted.body as Record<string, unknown>),
    );
    asked.push({ url, posted: posted ?? null, parameters });
    const refused = behaviour.refuse?.(parameters) ?? null;
    if (refused !== null) throw new CropError('net/refused', { url: url.href, ...refused });
    const { cap, pager = 'page', next = 'get', count, byTime } = behaviour;
    const timely = byTime === true ? behaviour.items.filter((item) => isWithin(item, parameters)) : behaviour.items;
    const items = behaviour.filter?.(timely, parameters) ?? timely;
    const size = cap ?? items.length;
    const from = startOf(pager, parameters.get(pager), size, items);
    const features = items.slice(from, from + size);
    const more = from + size < items.length;
    const place = {
      page: from / size + 2,
      offset: from + size,
      startIndex: from + size,
      token: `next:${idOf(features.at(-1))}`,
    };
    return {
      type: 'FeatureCollection',
      features,
      links: more ? linksTo(next, `${root}/search`, pager, place[pager], posted) : [],
      ...(count === 'numberMatched' ? { numberMatched: items.length } : {}),
      ...(count === undefined || count === 'numberMatched' ? {} : { [count]: { matched: items.length } }),
    };
  }

  const readJson: Transport['readJson'] = async (address, signal, posted) => {
    signal.throwIfAborted();
    all.push(address);
    const url = new URL(address);
    const bare = `${url.origin}${url.pathname}`;
    if (bare === `${root}/search`) return search(url, posted);
    if (bare === root) {
      const links = [{ rel: 'search', href: `${root}/search` }];
      return { type: 'Catalog', id: 'x', links, conformsTo: behaviour.conformsTo ?? [] };
    }
    if (bare === `${root}/collections` && behaviour.collections !== undefined) {
      return { collections: behaviour.collections.map((id) => ({ id, type: 'Collection' })), links: [] };
    }
    throw new CropError('net/not-found', { url: address });
  };
  return { transport: { ...memoryTransport(new Map()), readJson }, asked, all };
}

function idOf(item: Record<string, unknown> | undefined): string {
  return `${String(item?.['collection'])}:${String(item?.['id'])}`;
}

function startOf(pager: string, place: unknown, size: number, items: readonly Record<string, unknown>[]): number {
  if (place === undefined) return 0;
  if (pager === 'page') return (Number(place) - 1) * size;
  if (pager !== 'token') return Number(place);
  return items.findIndex((item) => `next:${idOf(item)}` === place) + 1;
}

function isWithin(item: Record<string, unknown>, parameters: ReadonlyMap<string, unknown>): boolean {
  const [from, to] = String(parameters.get('datetime')).split('/');
  const { datetime } = item['properties'] as { datetime: string };
  return datetime >= from! && datetime <= to!;
}

function linksTo(
  kind: ApiBehaviour['next'],
  href: string,
  pager: string,
  place: unknown,
  posted: PostedJson | undefined,
): unknown[] {
  const body = { [pager]: place };
  switch (kind) {
    case 'get':
      return [{ rel: 'next', href: `${href}?${pager}=${String(place)}` }];
    case 'post':
      return [{ rel: 'next', href, method: 'POST', body: { ...(posted?.body as object), ...body } }];
    case 'post-merge':
      return [{ rel: 'next', href, method: 'POST', merge: true, headers: { 'X-Page': 'yes' }, body }];
    default:
      return [];
  }
}
