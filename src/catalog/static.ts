import { CropError, isCropError } from '../errors';
import { absoluteUrl } from '../net';
import { type FoundItem, readLinks, readPage, type ReadOptions } from './page';

/** Item files read at once; the transport has its own limit per host, this one bounds memory and open files. */
const ITEMS_AT_ONCE = 16;

/**
 * All items of a static catalogue: those of `items.json` where there is one (one request), else those that
 * `collection.json` links. An item file that is missing or is no JSON is handed on as `null`.
 * @param root absolute address of the folder, without a slash at the end
 * @throws CropError `catalog/not-stac`, `catalog/empty`, `net/*`
 */
export async function findInFolder(root: string, options: ReadOptions): Promise<FoundItem[]> {
  return atLeastOne(root, (await fromItems(root, options)) ?? (await fromCollection(root, options)));
}

/** @throws CropError `catalog/empty` */
export function atLeastOne(root: string, found: FoundItem[]): FoundItem[] {
  if (found.length === 0) throw new CropError('catalog/empty', { url: root });
  return found;
}

/** All items of the list of a static catalogue; null where it has none. */
export async function fromItems(root: string, options: ReadOptions): Promise<FoundItem[] | null> {
  const url = `${root}/items.json`;
  try {
    const { features } = await readPage(url, options);
    return features.map((item) => ({ item, base: url }));
  } catch (error) {
    if (isCropError(error, 'catalog/not-stac') && isCropError(error.cause, 'net/not-found')) return null;
    throw error;
  }
}

/** All items that the collection of a static catalogue links. */
export async function fromCollection(root: string, options: ReadOptions): Promise<FoundItem[]> {
  const url = `${root}/collection.json`;
  const links = await readLinks(url, options);
  const addresses = links.filter(({ rel }) => rel === 'item').map(({ href }) => absoluteUrl(href, url));
  const found: FoundItem[] = [];
  for (let at = 0; at < addresses.length; at += ITEMS_AT_ONCE) {
    const batch = addresses.slice(at, at + ITEMS_AT_ONCE);
    found.push(...(await Promise.all(batch.map((address) => readItem(address, options)))));
  }
  return found;
}

async function readItem(base: string, { transport, signal }: ReadOptions): Promise<FoundItem> {
  try {
    return { item: await transport.readJson(base, signal), base };
  } catch (error) {
    if (isCropError(error, 'net/not-found') || isCropError(error, 'net/not-json')) return { item: null, base };
    throw error;
  }
}
