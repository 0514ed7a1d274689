import type { BboxWgs84 } from '../geo';
import { propertyNames } from './item';
import type { PageRequest } from './page';
import type { DateRange } from './types';

/** Items per page. Whole items have 25 kB and Earth Search fails over 6 MB; more pages cost more waiting. */
export const PAGE_LIMIT = 100;

/** Assets of Earth Search that nobody here reads; they are nine tenths of an item. */
const UNREAD_ASSETS = [
  ...['aot', 'cloud', 'coastal', 'granule_metadata', 'nir09', 'preview', 'product_metadata', 'snow', 'thumbnail'],
  ...['tileinfo_metadata', 'visual', 'wvp'],
  ...['aot', 'blue', 'coastal', 'green', 'nir', 'nir08', 'nir09', 'red', 'rededge1', 'rededge2', 'rededge3', 'scl'].map(
    (key) => `${key}-jp2`,
  ),
  ...['swir16-jp2', 'swir22-jp2', 'visual-jp2', 'wvp-jp2'],
];

/** How a server is asked: what it is known or thought to understand. */
export interface Manner {
  readonly post: boolean;
  /** The Fields extension: items without what nobody reads. */
  readonly fields: boolean;
  /** How tiles are picked by `grid:code`; null where all tiles of the box are taken. */
  readonly tiles: 'query' | 'filter' | null;
  readonly limit: boolean;
  /** Null for all collections. */
  readonly collections: readonly string[] | null;
}

/** One box, which does not cross the 180th meridian, and some days. */
export interface Span {
  readonly bbox: BboxWgs84;
  readonly range: DateRange;
  readonly tiles?: readonly string[];
}

/** Parameters of a search by name. */
export type Parameters = Readonly<Record<string, string>>;

/** A question as parameters of GET /search. */
export function parametersOf(manner: Manner, { bbox, range, tiles }: Span): Parameters {
  const codes = tiles?.flatMap(gridCodes) ?? [];
  const picks = codes.length === 0 ? null : manner.tiles;
  return {
    ...(manner.collections === null ? {} : { collections: manner.collections.join(',') }),
    datetime: `${range.from}T00:00:00Z/${range.to}T23:59:59.999Z`,
    bbox: bbox.join(','),
    ...(manner.limit ? { limit: String(PAGE_LIMIT) } : {}),
    // `query` before `filter`: Earth Search ignores CQL2 without a word.
    ...(picks === 'query' ? { query: JSON.stringify({ 'grid:code': { in: codes } }) } : {}),
    ...(picks === 'filter'
      ? { filter: `"grid:code" IN (${codes.map((code) => `'${code}'`).join(', ')})`, 'filter-lang': 'cql2-text' }
      : {}),
    ...(manner.fields ? { fields: wantedFields().join(',') } : {}),
  };
}

/** The request for the first page. */
export function requestOf(searchUrl: string, manner: Manner, own: Parameters): PageRequest {
  if (manner.post) return { url: searchUrl, posted: { body: bodyOf(own) } };
  const joint = searchUrl.includes('?') ? '&' : '?';
  return { url: `${searchUrl}${joint}${new URLSearchParams(own)}` };
}

/** Parameters of GET as the body of a POST (STAC API, item search: lists and objects are written as such). */
export function bodyOf(own: Parameters): Record<string, unknown> {
  const body: Record<string, unknown> = { ...own };
  if (own['collections'] !== undefined) body['collections'] = own['collections'].split(',');
  if (own['bbox'] !== undefined) body['bbox'] = own['bbox'].split(',').map(Number);
  if (own['limit'] !== undefined) body['limit'] = Number(own['limit']);
  if (own['query'] !== undefined) body['query'] = JSON.parse(own['query']);
  if (own['fields'] !== undefined) {
    const names = own['fields'].split(',');
    body['fields'] = {
      include: names.filter((name) => !name.startsWith('-')),
      exclude: names.filter((name) => name.startsWith('-')).map((name) => name.slice(1)),
    };
  }
  return body;
}

/** Zones below ten are written with and without their zero. */
function gridCodes(tile: string): string[] {
  return [...new Set([`MGRS-${tile}`, `MGRS-${tile.replace(/^0/, '')}`])];
}

function wantedFields(): string[] {
  return [
    ...['id', 'type', 'collection', 'bbox', 'geometry', 'assets'],
    ...propertyNames().map((name) => `properties.${name}`),
    ...['links', ...UNREAD_ASSETS.map((key) => `assets.${key}`)].map((field) => `-${field}`),
  ];
}
