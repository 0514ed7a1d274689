import { CropError } from '../errors';
import type { Bytes } from './blob-types';
import { type FileHandle, type Folder, openFolder, openSync, whileHeld } from './opfs';

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

/** Files in a folder of the origin private file system; null where the platform has none or refuses it. */
export async function openOpfsFiles(folderName: string): Promise<RecordFiles | null> {
  try {
    const folder = await openFolder(folderName);
    return folder === null ? null : filesIn(folder);
  } catch {
    // Private windows refuse it; records then lie in the database.
    return null;
  }
}

function filesIn(folder: Folder): RecordFiles {
  const remove = async (names: readonly string[]): Promise<void> => {
    await whileHeld(folder, () => Promise.allSettled(names.map((name) => folder.removeEntry(name))));
  };
  return {
    async write(name, record) {
      const handle = await whileHeld(folder, () => folder.getFileHandle(name, { create: true }));
      const file = await openSync(handle);
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
      const handle = await whileHeld(folder, () => folder.getFileHandle(name)).catch(() => null);
      return handle && (await readFile(handle));
    },
    remove,
    async names() {
      return whileHeld(folder, async () => {
        const found: string[] = [];
        for await (const name of folder.keys()) found.push(name);
        return found;
      });
    },
  };
}

/** Through a synchronous handle, which is fast; as a blob where there is none, or another thread has the file open. */
async function readFile(handle: FileHandle): Promise<Bytes> {
  const file = await openSync(handle, { mode: 'read-only' }).catch(() => undefined);
  if (file === undefined) return new Uint8Array(await (await whileHeld(handle, () => handle.getFile())).arrayBuffer());
  const record = new Uint8Array(file.getSize());
  file.read(record, { at: 0 });
  file.close();
  return record;
}

function isQuotaError(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}
