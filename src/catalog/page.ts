import * as v from 'valibot';
import { CropError, isCropError } from '../errors';
import type { PostedJson, Transport } from '../net';

const maybeText = v.fallback(v.nullable(v.string()), null);
const maybeCount = v.fallback(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))), null);

const LINK = v.object({
  rel: v.string(),
  href: v.string(),
  method: maybeText,
  headers: v.fallback(v.record(v.string(), v.string()), {}),
  body: v.fallback(v.nullable(v.record(v.string(), v.unknown())), null),
  /** Whether `body` only says what changes in the request before. */
  merge: v.fallback(v.boolean(), false),
});

const LINKS = v.fallback(v.array(v.fallback(v.nullable(LINK), null)), []);

/** How many items there are: STAC's own older words for it. */
const CONTEXT = v.fallback(v.nullable(v.object({ matched: maybeCount, limit: maybeCount })), null);

const PAGE = v.object({
  type: v.literal('FeatureCollection'),
  features: v.array(v.unknown()),
  links: LINKS,
  numberMatched: maybeCount,
  context: CONTEXT,
  'search:metadata': CONTEXT,
});

const CATALOG = v.object({ type: v.picklist(['Collection', 'Catalog']), links: LINKS });

const FEATURE = v.object({ type: v.literal('Feature'), id: v.string() });

export type Link = v.InferOutput<typeof LINK>;

/** An item as found, with the absolute address that its hrefs refer to. */
export interface FoundItem {
  readonly item: unknown;
  readonly base: string;
}

/** What a catalogue reader needs. */
export interface ReadOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/** What is asked for: an address, by GET or, where something is posted, by POST. */
export interface PageRequest {
  readonly url: string;
  readonly posted?: PostedJson;
}

/** One page of items. Links of an unknown form are left out. */
export interface Page {
  readonly features: readonly unknown[];
  readonly links: readonly Link[];
  /** Items of the whole answer, all pages together; null where the server does not count them. */
  readonly matched: number | null;
  /** Items per page, as the server sees it; null where it does not say. */
  readonly limit: number | null;
}

/** A document of a static catalogue. */
export type StacDocument =
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'catalog'; readonly links: readonly Link[] }
  | { readonly kind: 'item'; readonly item: unknown };

/**
 * Reads a feature collection.
 * @throws CropError `catalog/not-stac` where it is something else or nothing, `net/*`
 */
export async function readPage(request: PageRequest, options: ReadOptions): Promise<Page> {
  const parsed = v.safeParse(PAGE, await readJson(request, options));
  return parsed.success ? pageOf(parsed.output) : refuse(request.url, 'the answer is no collection of items');
}

/**
 * Reads a STAC document of any kind.
 * @throws CropError `catalog/not-stac` where it is something else or nothing, `net/*`
 */
export async function readDocument(url: string, options: ReadOptions): Promise<StacDocument> {
  return (
    documentOf(await readJson({ url }, options)) ?? refuse(url, 'the file is no STAC collection, catalogue or item')
  );
}

/** JSON as a STAC document; null where it is none. */
export function documentOf(json: unknown): StacDocument | null {
  const page = v.safeParse(PAGE, json);
  if (page.success) return { kind: 'page', page: pageOf(page.output) };
  const catalog = v.safeParse(CATALOG, json);
  if (catalog.success) return { kind: 'catalog', links: present(catalog.output.links) };
  return v.is(FEATURE, json) ? { kind: 'item', item: json } : null;
}

async function readJson({ url, posted }: PageRequest, { transport, signal }: ReadOptions): Promise<unknown> {
  return transport.readJson(url, signal, posted).catch((cause: unknown) => {
    if (isCropError(cause, 'net/not-found')) return refuse(url, 'nothing is there', cause);
    if (isCropError(cause, 'net/not-json')) return refuse(url, 'it is not JSON', cause);
    throw cause;
  });
}

function refuse(url: string, reason: string, cause?: unknown): never {
  throw new CropError('catalog/not-stac', { url: url.replace(/\?.*$/, ''), reason }, cause);
}

function pageOf(page: v.InferOutput<typeof PAGE>): Page {
  const { features, links, numberMatched, context } = page;
  const metadata = page['search:metadata'];
  return {
    features,
    links: present(links),
    matched: numberMatched ?? context?.matched ?? metadata?.matched ?? null,
    limit: context?.limit ?? metadata?.limit ?? null,
  };
}

function present(links: readonly (Link | null)[]): Link[] {
  return links.filter((link) => link !== null);
}
