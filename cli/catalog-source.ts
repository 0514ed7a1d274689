import { sourceAt, SOURCES, type CatalogSource } from '../src/catalog';
import { urlOf } from './location';
import { badValue } from './values';

/**
 * What `--catalog` and `--fallback` name: a known source, a folder, or a URL, of which the search finds out whether it
 * is a live API or a static catalogue.
 * @throws cli/usage-bad-value for a source that cannot be used yet
 */
export function catalogSource(catalog: string, workingFolder: string): CatalogSource {
  const known = SOURCES.find(({ id }) => id === catalog);
  if (known?.source === null) throw badValue('catalog', catalog, 'it is not part of this version', 'another source');
  if (known !== undefined) return known.source;
  const url = urlOf(catalog, workingFolder);
  if (url.startsWith('file:')) return { kind: 'static', url, title: catalog };
  return sourceAt(url);
}
