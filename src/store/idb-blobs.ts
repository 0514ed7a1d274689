import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { CropError } from '../errors';
import type { BlobEntry, BlobStore, Bytes, CacheKind } from './blob-types';
import { openOpfsFiles, type RecordFiles } from './opfs-files';
import { abortTransaction } from './transaction';

const VERSION = 1;

/** Sorts after every character of a key. */
const LAST_CHARACTER = '\uffff';

/**
 * Records of this kind have tens of megabytes. As files they are written and read about twice as fast as in the
 * database; smaller ones are not (docs/decisions/2026-11-22-cache.md).
 */
const KIND_IN_FILES: CacheKind = 'dates';

/** `file` names the file of a record that does not lie in `blobs`. */
type StoredEntry = BlobEntry & { readonly file?: string };

interface Schema extends DBSchema {
  entries: { key: string; value: StoredEntry };
  blobs: { key: string; value: Bytes };
}

interface Place {
  readonly database: IDBPDatabase<Schema>;
  /** Null where the platform has no private files. */
  readonly files: RecordFiles | null;
}

/**
 * Records in IndexedDB, apart from the index so that sizes can be told without reading them; both change in one
 * transaction, which is also what keeps two tabs out of each other's way. Large ones are files that the index names
 * after they are whole.
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
  const place = { database, files: await openOpfsFiles(name) };
  await removeHalves(place);
  return {
    persistent: true,
    get: (key) => get(place, key),
    put: (entry, record, signal) => put(place, entry, record, signal),
    async touch(key, lastUse) {
      const transaction = database.transaction('entries', 'readwrite', { durability: 'relaxed' });
      const entry = await transaction.store.get(key);
      if (entry) await transaction.store.put({ ...entry, lastUse });
      await transaction.done;
    },
    delete: (keys) => remove(place, keys),
    list: (prefix = '') => database.getAll('entries', IDBKeyRange.bound(prefix, prefix + LAST_CHARACTER)),
  };
}

async function get({ database, files }: Place, key: string): Promise<Bytes | null> {
  const transaction = database.transaction(['entries', 'blobs']);
  const [entry, record] = await Promise.all([
    transaction.objectStore('entries').get(key),
    transaction.objectStore('blobs').get(key),
  ]);
  if (record !== undefined) return record;
  // A file that is gone is as good as a damaged one: an empty record makes its entry go, too.
  return entry?.file === undefined ? null : ((await files?.read(entry.file)) ?? new Uint8Array(0));
}

async function put({ database, files }: Place, entry: BlobEntry, record: Bytes, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const file = crypto.randomUUID();
  const inFile = files !== null && entry.kind === KIND_IN_FILES && (await files.write(file, record));
  // Relaxed: a record lost with the power is fetched again, and one half written fails its checksum.
  const transaction = database.transaction(['entries', 'blobs'], 'readwrite', { durability: 'relaxed' });
  const [entries, blobs] = [transaction.objectStore('entries'), transaction.objectStore('blobs')];
  const stop = (): void => abortTransaction(transaction);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    // The record first: a browser without room may throw at once, and nothing else must be under way then.
    const [, before] = await Promise.all([
      inFile ? blobs.delete(entry.key) : blobs.put(record, entry.key),
      entries.get(entry.key),
      entries.put(inFile ? { ...entry, file } : entry),
      transaction.done,
    ]);
    await files?.remove(filesOf([before]));
  } catch (error) {
    stop();
    if (inFile) await files.remove([file]);
    signal.throwIfAborted();
    throw isQuotaError(error) || isQuotaError(transaction.error) ? new CropError('store/no-room', {}, error) : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function remove({ database, files }: Place, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const transaction = database.transaction(['entries', 'blobs'], 'readwrite', { durability: 'relaxed' });
  const [entries, blobs] = [transaction.objectStore('entries'), transaction.objectStore('blobs')];
  const [before] = await Promise.all([
    Promise.all(keys.map((key) => entries.get(key))),
    ...keys.flatMap((key) => [entries.delete(key), blobs.delete(key)]),
    transaction.done,
  ]);
  await files?.remove(filesOf(before));
}

/** Drops records without an entry and entries without a record: traces of a crash between file and index, or of damage. */
async function removeHalves(place: Place): Promise<void> {
  const { database, files } = place;
  // Before the index: a file that another tab finishes meanwhile is then named there, or still open and not removable.
  const names = (await files?.names()) ?? [];
  const transaction = database.transaction(['entries', 'blobs']);
  const [entries, blobs] = await Promise.all([
    transaction.objectStore('entries').getAll(),
    transaction.objectStore('blobs').getAllKeys(),
  ]);
  const [indexed, stored, onDisk] = [new Set(entries.map(({ key }) => key)), new Set(blobs), new Set(names)];
  const lost = entries.filter(({ key, file }) => (file === undefined ? !stored.has(key) : !onDisk.has(file)));
  const orphans = blobs.filter((key) => !indexed.has(key));
  await remove(place, [...lost.map(({ key }) => key), ...orphans]);
  const named = new Set(filesOf(entries));
  await files?.remove(names.filter((name) => !named.has(name)));
}

function filesOf(entries: readonly (StoredEntry | undefined)[]): string[] {
  return entries.flatMap((entry) => entry?.file ?? []);
}

function isQuotaError(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}
