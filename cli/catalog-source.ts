import { SOURCES, type CatalogSource } from '../src/catalog';
import { isCropError } from '../src/errors';
import type { Transport } from '../src/net';
import { urlOf } from './location';
import { badValue } from './values';

/** Level 2A under the name that Earth Search, Planetary Computer and most others give it. */
const USUAL_COLLECTIONS = ['sentinel-2-l2a'];

/** A static catalogue may be named by one of its own files. */
const ENTRY_FILE = /\/(items|collection)\.json$/;

/**
 * What `--catalog` and `--fallback` name: a known source, a folder, or a URL. A URL is a live API where its root is a STAC catalogue that
 * can be searched; everything else is taken for a static catalogue.
 * @throws net/* where a server does not answer at all; cli/usage-bad-value for a source that cannot be used yet
 */
export async function catalogSource(
  catalog: string,
  workingFolder: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<CatalogSource> {
  const known = SOURCES.find(({ id }) => id === catalog);
  if (known?.source === null) throw badValue('catalog', catalog, 'it is not part of this version', 'another source');
  if (known !== undefined) return known.source;
  const url = urlOf(catalog, workingFolder).replace(ENTRY_FILE, '');
  const title = url.startsWith('file:') ? catalog : url;
  if (url.startsWith('file:') || !(await isApi(url, transport, signal))) return { kind: 'static', url, title };
  return { kind: 'api', url, title, collections: USUAL_COLLECTIONS };
}

async function isApi(url: string, transport: Transport, signal: AbortSignal): Promise<boolean> {
  try {
    return isSearchable(await transport.readJson(url, signal));
  } catch (error) {
    // The root of a static catalogue is a folder: a listing, a start page or nothing at all.
    if (isCropError(error, 'net/not-found') || isCropError(error, 'net/not-json')) return false;
    if (isCropError(error, 'net/status')) return false;
    throw error;
  }
}

/** A STAC API's landing page links its search (STAC API 1.0, item search). */
function isSearchable(root: unknown): boolean {
  if (typeof root !== 'object' || root === null || !('links' in root) || !Array.isArray(root.links)) return false;
  return root.links.some((link: unknown) => (link as { rel?: unknown } | null)?.rel === 'search');
}
