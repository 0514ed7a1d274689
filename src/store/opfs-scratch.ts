import type { Scratch } from './scratch';

/** What is used of a synchronous file handle; workers have it, pages and Node do not. */
interface SyncFile {
  read(into: Uint8Array, place: { at: number }): number;
  write(bytes: Uint8Array, place: { at: number }): number;
  close(): void;
}

interface Folder {
  getDirectoryHandle(name: string, options: { create: true }): Promise<Folder>;
  getFileHandle(name: string, options: { create: true }): Promise<{ createSyncAccessHandle?(): Promise<SyncFile> }>;
  removeEntry(name: string): Promise<void>;
  keys(): AsyncIterable<string>;
}

const FOLDER = 'crop2seg-scratch';

/** A scratch file in the origin private file system of a browser, from a worker; null elsewhere, or where refused. */
export async function openOpfsScratch(): Promise<Scratch | null> {
  const { navigator } = globalThis as { navigator?: { storage?: { getDirectory?(): Promise<unknown> } } };
  try {
    const root = (await navigator?.storage?.getDirectory?.()) as Folder | undefined;
    if (root === undefined) return null;
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    await sweep(folder);
    const name = crypto.randomUUID();
    const file = await (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle?.();
    return file === undefined ? null : scratchOf(file, () => folder.removeEntry(name));
  } catch {
    // Private windows refuse it; a null tells the owner to do without.
    return null;
  }
}

function scratchOf(file: SyncFile, remove: () => Promise<void>): Scratch {
  return {
    async write(at, bytes) {
      const written = file.write(bytes, { at });
      if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes were written`);
    },
    async read(at, into) {
      const got = file.read(into, { at });
      if (got !== into.length) throw new Error(`only ${got} of ${into.length} bytes were read`);
    },
    async close() {
      file.close();
      await remove();
    },
  };
}

/** Removes what crashed pages have left; files of living ones are locked. */
async function sweep(folder: Folder): Promise<void> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  await Promise.allSettled(names.map((name) => folder.removeEntry(name)));
}
