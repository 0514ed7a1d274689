import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { CropError } from '../errors';
import type { BlobEntry, BlobStore, Bytes } from './blob-types';
import { abortTransaction } from './transaction';

const VERSION = 1;

/** Sorts after every character of a key. */
const LAST_CHARACTER = '\uffff';

interface Schema extends DBSchema {
  entries: { key: string; value: BlobEntry };
  blobs: { key: string; value: Bytes };
}

/**
 * Records in IndexedDB, apart from the index so that sizes can be told without reading them; both change in one
 * transaction, which is also what keeps two tabs out of each other's way.
 * Rejects where the browser has no IndexedDB for us (private windows of some).
 */
export async function openIdbBlobs(name: string): Promise<BlobStore> {
  const database = await openDB<Schema>(name, VERSION, {
    upgrade(fresh) {
      fresh.createObjectStore('entries', { keyPath: 'key' });
      fresh.createObjectStore('blobs');
    },
    // A newer version of the program in another tab must not wait for this one.
    blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
  });
  await removeHalves(database);
  return {
    persistent: true,
    get: async (key) => (await database.get('blobs', key)) ?? null,
    put: (entry, record, signal) => put(database, entry, record, signal),
    async touch(key, lastUse) {
      const transaction = database.transaction('entries', 'readwrite', { durability: 'relaxed' });
      const entry = await transaction.store.get(key);
      if (entry) await transaction.store.put({ ...entry, lastUse });
      await transaction.done;
    },
    delete: (keys) => remove(database, keys),
    list: (prefix = '') => database.getAll('entries', IDBKeyRange.bound(prefix, prefix + LAST_CHARACTER)),
  };
}

async function put(
  database: IDBPDatabase<Schema>,
  entry: BlobEntry,
  record: Bytes,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  // Relaxed: a record lost with the power is fetched again, and one half written fails its checksum.
  const transaction = database.transaction(['entries', 'blobs'], 'readwrite', { durability: 'relaxed' });
  const stop = (): void => abortTransaction(transaction);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all([
      transaction.objectStore('blobs').put(record, entry.key),
      transaction.objectStore('entries').put(entry),
      transaction.done,
    ]);
  } catch (error) {
    stop();
    signal.throwIfAborted();
    throw isQuotaError(error) || isQuotaError(transaction.error) ? new CropError('store/no-room', {}, error) : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function remove(database: IDBPDatabase<Schema>, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const transaction = database.transaction(['entries', 'blobs'], 'readwrite', { durability: 'relaxed' });
  const [entries, blobs] = [transaction.objectStore('entries'), transaction.objectStore('blobs')];
  await Promise.all([...keys.flatMap((key) => [entries.delete(key), blobs.delete(key)]), transaction.done]);
}

/** Drops records without an entry and entries without a record: traces of a damaged database, not of a crash. */
async function removeHalves(database: IDBPDatabase<Schema>): Promise<void> {
  const transaction = database.transaction(['entries', 'blobs']);
  const [entries, blobs] = await Promise.all([
    transaction.objectStore('entries').getAllKeys(),
    transaction.objectStore('blobs').getAllKeys(),
  ]);
  const [indexed, stored] = [new Set(entries), new Set(blobs)];
  await remove(
    database,
    [...entries, ...blobs].filter((key) => !indexed.has(key) || !stored.has(key)),
  );
}

function isQuotaError(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}
