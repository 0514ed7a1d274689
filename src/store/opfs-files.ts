import { CropError } from '../errors';
import type { Bytes } from './blob-types';

/** Records as files of their own; names are never used twice. */
export interface RecordFiles {
  /** False where this thread cannot write files. @throws CropError `store/no-room` */
  write(name: string, record: Bytes): Promise<boolean>;
  /** Null where the file is gone. */
  read(name: string): Promise<Bytes | null>;
  /** Removes files; those that another thread has open stay for the next sweep. */
  remove(names: readonly string[]): Promise<void>;
  names(): Promise<string[]>;
}

/** What is used of a synchronous file handle; workers have it, pages and Node do not. */
interface SyncFile {
  getSize(): number;
  read(into: Uint8Array, place: { at: number }): number;
  write(bytes: Uint8Array, place: { at: number }): number;
  flush(): void;
  close(): void;
}

interface FileHandle {
  createSyncAccessHandle?(options?: { mode: 'read-only' | 'readwrite' }): Promise<SyncFile>;
  getFile(): Promise<Blob>;
}

interface Folder {
  getDirectoryHandle(name: string, options: { create: true }): Promise<Folder>;
  getFileHandle(name: string, options?: { create: true }): Promise<FileHandle>;
  removeEntry(name: string): Promise<void>;
  keys(): AsyncIterable<string>;
}

/** Files in a folder of the origin private file system; null where the platform has none or refuses it. */
export async function openOpfsFiles(folderName: string): Promise<RecordFiles | null> {
  const { navigator } = globalThis as { navigator?: { storage?: { getDirectory?(): Promise<unknown> } } };
  try {
    const root = (await navigator?.storage?.getDirectory?.()) as Folder | undefined;
    return root === undefined ? null : filesIn(await root.getDirectoryHandle(folderName, { create: true }));
  } catch {
    // Private windows refuse it; records then lie in the database.
    return null;
  }
}

function filesIn(folder: Folder): RecordFiles {
  const remove = async (names: readonly string[]): Promise<void> => {
    await Promise.allSettled(names.map((name) => folder.removeEntry(name)));
  };
  return {
    async write(name, record) {
      const handle = await folder.getFileHandle(name, { create: true });
      const file = await handle.createSyncAccessHandle?.();
      if (file === undefined) {
        await remove([name]);
        return false;
      }
      try {
        if (file.write(record, { at: 0 }) !== record.length) throw new CropError('store/no-room');
        file.flush();
      } catch (error) {
        file.close();
        await remove([name]);
        throw isQuotaError(error) ? new CropError('store/no-room', {}, error) : error;
      }
      file.close();
      return true;
    },
    async read(name) {
      const handle = await folder.getFileHandle(name).catch(() => null);
      return handle && (await readFile(handle));
    },
    remove,
    async names() {
      const found: string[] = [];
      for await (const name of folder.keys()) found.push(name);
      return found;
    },
  };
}

/** Through a synchronous handle, which is fast; as a blob where there is none, or another thread has the file open. */
async function readFile(handle: FileHandle): Promise<Bytes> {
  const file = await handle.createSyncAccessHandle?.({ mode: 'read-only' }).catch(() => undefined);
  if (file === undefined) return new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const record = new Uint8Array(file.getSize());
  file.read(record, { at: 0 });
  file.close();
  return record;
}

function isQuotaError(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}
