import { CropError, isCropError } from '../errors';
import { absoluteUrl } from '../net';
import { MAX_ITEMS } from './listing';
import { documentOf, type FoundItem, readDocument, readPage, type ReadOptions, type StacDocument } from './page';

/** Files read at once; the transport has its own limit per host, this one bounds memory and open files. */
const FILES_AT_ONCE = 16;

/** Catalogues inside catalogues: archives by zone, band, square, year, month and day have six levels. */
const MAX_DEPTH = 12;

/** Links that lead to items or to what has some. */
const DOWNWARDS = ['item', 'items', 'child'];

/** A document and the address that its relative links refer to. */
interface Located {
  readonly document: StacDocument;
  readonly base: string;
}

/**
 * All items of a static catalogue: those of `items.json` where there is one (one request), else those that
 * `collection.json` or `catalog.json` link, however deep. A file that is missing or is no JSON is handed on as `null`.
 * @param root absolute address of the folder, without a slash at the end
 * @throws CropError `catalog/not-stac`, `catalog/empty`, `catalog/paging` for more than 10 000 items, `net/*`
 */
export async function findInFolder(root: string, options: ReadOptions): Promise<FoundItem[]> {
  return atLeastOne(root, (await fromItems(root, options)) ?? (await fromEntry(root, options)));
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
    const { features } = await readPage({ url }, options);
    return features.map((item) => ({ item, base: url }));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** All items below the collection or the catalogue of a folder. */
export async function fromEntry(root: string, options: ReadOptions): Promise<FoundItem[]> {
  const collection = `${root}/collection.json`;
  const catalog = `${root}/catalog.json`;
  try {
    return await fromDocument({ document: await readDocument(collection, options), base: collection }, options);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const document = await readDocument(catalog, options).catch((other: unknown) => {
      // What is usually there is named where neither is.
      throw isAbsent(other) ? error : other;
    });
    return fromDocument({ document, base: catalog }, options);
  }
}

/** All items of a document and of those that it links, each file read once. */
export async function fromDocument(start: Located, options: ReadOptions): Promise<FoundItem[]> {
  const found: FoundItem[] = [];
  const asked = new Set([start.base]);
  let level: readonly Located[] = [start];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    for (const { document, base } of level) {
      if (document.kind === 'page') found.push(...document.page.features.map((item) => ({ item, base })));
      if (document.kind === 'item') found.push({ item: document.item, base });
    }
    const addresses = [...new Set(level.flatMap(linked))].filter((address) => !asked.has(address));
    addresses.forEach((address) => asked.add(address));
    if (found.length > MAX_ITEMS || asked.size > 2 * MAX_ITEMS) {
      const reason = `it has more than ${MAX_ITEMS} items`;
      throw new CropError('catalog/paging', { url: start.base, reason });
    }
    level = await readAll(addresses, found, options);
  }
  return found;
}

/** Addresses of what lies below a document, and of the next part of a list. */
function linked({ document, base }: Located): string[] {
  if (document.kind === 'item') return [];
  const wanted = document.kind === 'page' ? ['next'] : DOWNWARDS;
  const { links } = document.kind === 'page' ? document.page : document;
  return links.filter(({ rel }) => wanted.includes(rel)).map(({ href }) => withoutHash(absoluteUrl(href, base)));
}

function withoutHash(address: string): string {
  return address.replace(/#.*$/, '');
}

/** Reads files side by side; what is no STAC goes to the items, to be counted as broken later. */
async function readAll(addresses: readonly string[], found: FoundItem[], options: ReadOptions): Promise<Located[]> {
  const read: Located[] = [];
  for (let at = 0; at < addresses.length; at += FILES_AT_ONCE) {
    const batch = addresses.slice(at, at + FILES_AT_ONCE);
    const documents = await Promise.all(batch.map((address) => readLinked(address, options)));
    batch.forEach((base, index) => {
      const document = documents[index] ?? null;
      if (document === null) found.push({ item: null, base });
      else read.push({ document, base });
    });
  }
  return read;
}

async function readLinked(address: string, { transport, signal }: ReadOptions): Promise<StacDocument | null> {
  try {
    return documentOf(await transport.readJson(address, signal));
  } catch (error) {
    if (isCropError(error, 'net/not-found') || isCropError(error, 'net/not-json')) return null;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return isCropError(error, 'catalog/not-stac') && isCropError(error.cause, 'net/not-found');
}
