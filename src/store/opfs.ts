/** What is used of a synchronous file handle; workers have it, pages and Node do not. */
export interface SyncFile {
  getSize(): number;
  read(into: Uint8Array, place: { at: number }): number;
  write(bytes: Uint8Array, place: { at: number }): number;
  flush(): void;
  close(): void;
}

export interface FileHandle {
  createSyncAccessHandle?(options?: { mode: 'read-only' | 'readwrite' }): Promise<SyncFile>;
  getFile(): Promise<Blob>;
}

export interface Folder {
  getDirectoryHandle(name: string, options: { create: true }): Promise<Folder>;
  getFileHandle(name: string, options?: { create: true }): Promise<FileHandle>;
  removeEntry(name: string): Promise<void>;
  keys(): AsyncIterable<string>;
}

/** A file that is not open after this long, milliseconds, is done without; a busy machine takes a second or two. */
const OPENING_MS = 20_000;

const held = new Map<object, number>();

/**
 * Keeps a handle reachable while a call on it is under way. Chromium forgets a call, whose promise then never settles,
 * when its handle is collected meanwhile; a handle in a local variable is not safe, as minifiers and compilers do
 * without variables (tests/e2e/private-files.spec.ts).
 */
export async function whileHeld<H extends object, T>(handle: H, call: (handle: H) => Promise<T>): Promise<T> {
  held.set(handle, (held.get(handle) ?? 0) + 1);
  try {
    return await call(handle);
  } finally {
    const calls = held.get(handle)! - 1;
    if (calls === 0) held.delete(handle);
    else held.set(handle, calls);
  }
}

/** A folder of the origin private file system; null where the platform has none. Rejects where it is refused. */
export async function openFolder(name: string): Promise<Folder | null> {
  const { navigator } = globalThis as { navigator?: { storage?: { getDirectory?(): Promise<unknown> } } };
  const root = (await navigator?.storage?.getDirectory?.()) as Folder | undefined;
  return root === undefined ? null : whileHeld(root, (folder) => folder.getDirectoryHandle(name, { create: true }));
}

/** Opens a file for reading and writing in place; undefined where this thread cannot, or the browser does not answer. */
export async function openSync(
  handle: FileHandle,
  options?: { mode: 'read-only' | 'readwrite' },
): Promise<SyncFile | undefined> {
  if (handle.createSyncAccessHandle === undefined) return undefined;
  const opening = whileHeld(handle, (file) => file.createSyncAccessHandle!(options));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
      // Nobody waits any more: an open file would stay locked.
      opening.then((file) => file.close()).catch(() => undefined);
    }, OPENING_MS);
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}
