import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CropError } from '../src/errors';
import { type BlobEntry, type BlobStore, type Bytes, decodeHead } from '../src/store';

const RECORD = '.c2s';
const TEMPORARY = '.part';

/** Records begin with their key; longer ones than this many bytes are not made. */
const HEAD_BYTES = 64 * 1024;

/** Another process may still be writing younger ones, milliseconds. */
const ABANDONED_MS = 60 * 60 * 1000;

/** Heads read at once when a folder is opened; bounds open files. */
const HEADS_AT_ONCE = 32;

/** What the file system says when there is no room. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Records as files of a folder, which is made where missing. A record is written under another name and renamed, so a
 * crash leaves either the old one or the new one; the time of the file is that of its last use. Several processes may
 * share a folder; each lists what it has seen when it was opened and what it wrote itself.
 * @throws CropError `cli/no-cache-folder` where the folder cannot be made or read
 */
export async function openCacheFolder(folder: string): Promise<BlobStore> {
  const index = new Map<string, BlobEntry>();
  try {
    await mkdir(folder, { recursive: true });
    for (const entry of await readEntries(folder)) index.set(entry.key, entry);
  } catch (error) {
    throw new CropError('cli/no-cache-folder', { path: folder, reason: (error as Error).message }, error);
  }
  const pathOf = (key: string): string => join(folder, `${createHash('sha256').update(key).digest('hex')}${RECORD}`);

  return {
    persistent: true,
    async get(key) {
      const record = await ifThere(readFile(pathOf(key)));
      if (record === null) index.delete(key);
      return record && new Uint8Array(record);
    },
    async put(entry, record, signal) {
      const temporary = join(folder, `${randomUUID()}${TEMPORARY}`);
      try {
        await writeFile(temporary, record, { signal });
        await rename(temporary, pathOf(entry.key));
        index.set(entry.key, entry);
      } catch (error) {
        await rm(temporary, { force: true });
        const full = NO_ROOM.includes((error as NodeJS.ErrnoException).code ?? '');
        throw full ? new CropError('store/no-room', {}, error) : error;
      }
    },
    async touch(key, lastUse) {
      const entry = index.get(key);
      if (entry === undefined) return;
      index.set(key, { ...entry, lastUse });
      await ifThere(utimes(pathOf(key), new Date(lastUse), new Date(lastUse)));
    },
    async delete(keys) {
      for (const key of keys) {
        index.delete(key);
        await rm(pathOf(key), { force: true });
      }
    },
    list: async (prefix = '') =>
      [...index.values()].filter(({ key }) => key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

async function readEntries(folder: string): Promise<BlobEntry[]> {
  const names = await readdir(folder);
  for (const name of names.filter((each) => each.endsWith(TEMPORARY))) await removeIfAbandoned(join(folder, name));
  const records = names.filter((name) => name.endsWith(RECORD));
  const entries: (BlobEntry | null)[] = [];
  for (let at = 0; at < records.length; at += HEADS_AT_ONCE) {
    const batch = records.slice(at, at + HEADS_AT_ONCE).map((name) => readEntry(join(folder, name)));
    entries.push(...(await Promise.all(batch)));
  }
  return entries.filter((entry) => entry !== null);
}

/** The entry of a record file; a file that is none, or not whole, is removed. */
async function readEntry(path: string): Promise<BlobEntry | null> {
  const file = await open(path, 'r');
  try {
    const { size, mtimeMs } = await file.stat();
    const head: Bytes = new Uint8Array(Math.min(size, HEAD_BYTES));
    await file.read(head, 0, head.length, 0);
    const found = decodeHead(head);
    if (found?.bytes === size) return { key: found.key, kind: found.kind, bytes: size, lastUse: mtimeMs };
  } finally {
    await file.close();
  }
  await rm(path, { force: true });
  return null;
}

async function removeIfAbandoned(path: string): Promise<void> {
  const age = Date.now() - (await stat(path)).mtimeMs;
  if (age > ABANDONED_MS) await rm(path, { force: true });
}

/** Null where the file is not there: another process may have removed it. */
async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
