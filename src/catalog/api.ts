import { CropError } from '../errors';
import { propertyNames } from './item';
import { type FoundItem, type Link, readPage, type ReadOptions } from './page';
import type { CatalogSource, SceneQuery } from './types';

/** Items per page. Whole items have 25 kB and Earth Search fails over 6 MB; more pages cost more waiting. */
const PAGE_LIMIT = 100;

/** More items than a season of one tile has by far (about 180 a year): the question was wrong, or the paging. */
const MAX_ITEMS = 10_000;

/** Assets of Earth Search that nobody here reads; they are nine tenths of an item. */
const UNREAD_ASSETS = [
  ...['aot', 'cloud', 'coastal', 'granule_metadata', 'nir09', 'preview', 'product_metadata', 'snow', 'thumbnail'],
  ...['tileinfo_metadata', 'visual', 'wvp'],
  ...['aot', 'blue', 'coastal', 'green', 'nir', 'nir08', 'nir09', 'red', 'rededge1', 'rededge2', 'rededge3', 'scl'].map(
    (key) => `${key}-jp2`,
  ),
  ...['swir16-jp2', 'swir22-jp2', 'visual-jp2', 'wvp-jp2'],
];

/**
 * All items of a STAC API that answer a query, by GET (a POST with JSON needs a CORS preflight, which Earth Search has
 * refused), page after page until one is empty or has no next.
 * @throws CropError `catalog/not-stac`, `catalog/paging`, `net/*`
 */
export async function findInApi(source: CatalogSource, query: SceneQuery, options: ReadOptions): Promise<FoundItem[]> {
  const own = searchParameters(source, query);
  const found = new Map<string, FoundItem>();
  const visited = new Set<string>();
  let url: string | null = `${source.url}/search?${new URLSearchParams(own)}`;
  const fail = (reason: string): never => {
    throw new CropError('catalog/paging', { url: source.url, reason });
  };
  while (url !== null) {
    if (visited.has(url)) fail('its pages go in a circle');
    visited.add(url);
    const page = await readPage(url, options);
    if (page.features.length === 0) break;
    const before = found.size;
    for (const item of page.features) found.set(itemKey(item), { item, base: url });
    if (found.size === before) fail('a page repeats the one before');
    if (found.size > MAX_ITEMS) fail(`it has more than ${MAX_ITEMS} items for this place and time`);
    url = nextUrl(page.links, url, own);
  }
  return [...found.values()];
}

/** The query as parameters of GET /search. */
function searchParameters(source: CatalogSource, { bbox, range, tiles }: SceneQuery): Record<string, string> {
  const codes = source.tileQuery === false ? undefined : tiles?.flatMap(gridCodes);
  return {
    ...(source.collections === undefined ? {} : { collections: source.collections.join(',') }),
    datetime: `${range.from}T00:00:00Z/${range.to}T23:59:59.999Z`,
    bbox: bbox.join(','),
    limit: String(PAGE_LIMIT),
    // `query` and not `filter`: Earth Search ignores CQL2 without a word.
    ...(codes === undefined ? {} : { query: JSON.stringify({ 'grid:code': { in: codes } }) }),
    fields: [
      ...['id', 'type', 'collection', 'bbox', 'geometry', 'assets'],
      ...propertyNames().map((name) => `properties.${name}`),
      ...['links', ...UNREAD_ASSETS.map((key) => `assets.${key}`)].map((field) => `-${field}`),
    ].join(','),
  };
}

/** Zones below ten are written with and without their zero. */
function gridCodes(tile: string): string[] {
  return [...new Set([`MGRS-${tile}`, `MGRS-${tile.replace(/^0/, '')}`])];
}

/**
 * Address of the next page: our own request again, with what the link adds to it (a token, a page number). Taken as it
 * is, the link of Earth Search's server would lose `fields`, which it writes in a form that it cannot read back; and a
 * link meant for POST carries its token in a body.
 */
function nextUrl(links: readonly Link[], current: string, own: Readonly<Record<string, string>>): string | null {
  const link = links.find(({ rel }) => rel === 'next');
  if (link === undefined) return null;
  const target = new URL(link.href, current);
  const added = Object.entries(link.body ?? Object.fromEntries(target.searchParams)).filter(
    // Servers turn our box into `intersects`; a request must not have both.
    ([key, value]) => !(key in own) && key !== 'intersects' && ['string', 'number'].includes(typeof value),
  );
  if (added.length === 0) return target.href;
  const parameters = new URLSearchParams(own);
  for (const [key, value] of added) parameters.set(key, String(value));
  return `${target.origin}${target.pathname}?${parameters}`;
}

/** Items of two collections may share an id; what has no id is kept apart, to be counted as broken later. */
function itemKey(item: unknown): string {
  const { id, collection } = (item ?? {}) as { id?: unknown; collection?: unknown };
  return typeof id === 'string' ? `${String(collection)}/${id}` : JSON.stringify(item);
}
