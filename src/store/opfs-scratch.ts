import { type Folder, openFolder, openSync, type SyncFile, whileHeld } from './opfs';
import { asBytes, type Scratch } from './scratch';

const FOLDER = 'crop2seg-scratch';

/** A scratch file in the origin private file system of a browser, from a worker; null elsewhere, or where refused. */
export async function openOpfsScratch(): Promise<Scratch | null> {
  try {
    const folder = await openFolder(FOLDER);
    if (folder === null) return null;
    return await whileHeld(folder, async () => {
      await sweep(folder);
      const name = crypto.randomUUID();
      const file = await openSync(await folder.getFileHandle(name, { create: true }));
      return file === undefined ? null : scratchOf(file, () => whileHeld(folder, () => folder.removeEntry(name)));
    });
  } catch {
    // Private windows refuse it; a null tells the owner to do without.
    return null;
  }
}

function scratchOf(file: SyncFile, remove: () => Promise<void>): Scratch {
  return {
    async write(at, pixels) {
      const bytes = asBytes(pixels);
      const written = file.write(bytes, { at });
      if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes were written`);
    },
    async read(at, into) {
      const got = file.read(asBytes(into), { at });
      if (got !== into.byteLength) throw new Error(`only ${got} of ${into.byteLength} bytes were read`);
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
