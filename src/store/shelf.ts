import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { CropError } from '../errors';
import { abortTransaction } from './transaction';
import type { Shelf, StoredSummary } from './types';

/** Items kept on a shelf: a full cell of 30 dates is about 90 MB, so twelve stay within a gigabyte. */
export const SHELF_LIMIT = 12;

const VERSION = 1;

interface Schema extends DBSchema {
  summaries: { key: string; value: StoredSummary };
  items: { key: string; value: unknown };
}

/**
 * Opens a shelf in IndexedDB under `name`; where there is none, or it cannot be opened, one in memory.
 * Summary and item are written in one transaction, so that a crash in the middle leaves neither.
 */
export async function openShelf<T>(name: string): Promise<Shelf<T>> {
  if (typeof indexedDB === 'undefined') return memoryShelf<T>();
  try {
    const database = await openDB<Schema>(name, VERSION, {
      upgrade(fresh) {
        fresh.createObjectStore('summaries', { keyPath: 'id' });
        fresh.createObjectStore('items');
      },
    });
    return databaseShelf<T>(database);
  } catch {
    // Private windows of some browsers refuse IndexedDB; `persistent: false` tells the page to say so.
    return memoryShelf<T>();
  }
}

function newestFirst(summaries: StoredSummary[]): StoredSummary[] {
  return summaries.sort((a, b) => b.created.localeCompare(a.created));
}

function databaseShelf<T>(database: IDBPDatabase<Schema>): Shelf<T> {
  const list = async (): Promise<StoredSummary[]> => newestFirst(await database.getAll('summaries'));

  return {
    persistent: true,
    list,
    async save(item, about) {
      const id = crypto.randomUUID();
      const surplus = (await list()).slice(SHELF_LIMIT - 1);
      const transaction = database.transaction(['summaries', 'items'], 'readwrite');
      try {
        const writes: (() => Promise<unknown>)[] = [
          () => transaction.objectStore('items').put(item, id),
          () => transaction.objectStore('summaries').put({ ...about, id }),
          ...surplus.map((old) => () => transaction.objectStore('items').delete(old.id)),
          ...surplus.map((old) => () => transaction.objectStore('summaries').delete(old.id)),
        ];
        // A value that cannot be cloned throws at once instead of rejecting.
        await Promise.all([...writes.map(async (write) => write()), transaction.done]);
      } catch (error) {
        abortTransaction(transaction);
        throw new CropError('store/not-saved', { megabytes: Math.ceil(about.bytes / 1e6) }, error);
      }
      return id;
    },
    async load(id) {
      const item = await database.get('items', id);
      if (item === undefined) throw new CropError('store/missing', { id });
      return item as T;
    },
    async remove(id) {
      const transaction = database.transaction(['summaries', 'items'], 'readwrite');
      await Promise.all([
        transaction.objectStore('summaries').delete(id),
        transaction.objectStore('items').delete(id),
        transaction.done,
      ]);
    },
  };
}

function memoryShelf<T>(): Shelf<T> {
  const items = new Map<string, { readonly summary: StoredSummary; readonly item: T }>();
  const list = async (): Promise<StoredSummary[]> => newestFirst([...items.values()].map(({ summary }) => summary));

  return {
    persistent: false,
    list,
    async save(item, about) {
      const id = crypto.randomUUID();
      for (const old of (await list()).slice(SHELF_LIMIT - 1)) items.delete(old.id);
      items.set(id, { summary: { ...about, id }, item });
      return id;
    },
    async load(id) {
      const found = items.get(id);
      if (found === undefined) throw new CropError('store/missing', { id });
      return found.item;
    },
    async remove(id) {
      items.delete(id);
    },
  };
}
