import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAbort, isCropError } from '../../../src/errors';
import { type BlobEntry, type BlobStore, createCache } from '../../../src/store';
import { openIdbBlobs } from '../../../src/store/idb-blobs';
import { bytesOf, forever } from './support';

const date = (key: string, bytes: number): BlobEntry => ({ key, kind: 'dates', bytes, lastUse: 1 });
const freshName = (): string => `blobs-${crypto.randomUUID()}`;

/** A private file system of a browser in memory; `workers: false` is a page, which has no synchronous handles. */
function fakeFiles(options: { quota?: number; workers?: boolean; onClose?: () => void } = {}): Map<string, Uint8Array> {
  const { quota = Infinity, workers = true, onClose = () => undefined } = options;
  const files = new Map<string, Uint8Array>();
  const handleOf = (name: string) => ({
    write(bytes: Uint8Array): number {
      files.set(name, bytes.slice(0, quota));
      return Math.min(bytes.length, quota);
    },
    read(into: Uint8Array): number {
      into.set(files.get(name)!);
      return into.length;
    },
    getSize: () => files.get(name)!.length,
    flush: () => undefined,
    close: onClose,
  });
  const folder = {
    getDirectoryHandle: async () => folder,
    async getFileHandle(name: string, create?: { create: true }) {
      if (create) files.set(name, new Uint8Array(0));
      if (!files.has(name)) throw new DOMException('not there', 'NotFoundError');
      return {
        getFile: async () => new Blob([files.get(name)!.slice()]),
        ...(workers ? { createSyncAccessHandle: async () => handleOf(name) } : {}),
      };
    },
    removeEntry: async (name: string) => void files.delete(name),
    async *keys() {
      yield* [...files.keys()];
    },
  };
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => folder } });
  return files;
}

afterEach(() => vi.unstubAllGlobals());

describe('finished dates in private files', () => {
  it('come back, replace each other and go, leaving no file behind', async () => {
    const files = fakeFiles();
    const store = await openIdbBlobs(freshName());
    await store.put(date('a', 3), bytesOf(3, 1), forever);
    await store.put(date('a', 4), bytesOf(4, 2), forever);
    expect(files.size).toBe(1);
    expect(await store.get('a')).toEqual(bytesOf(4, 2));
    await store.touch('a', 9);
    expect(await store.get('a')).toEqual(bytesOf(4, 2));
    expect(await store.list()).toMatchObject([{ key: 'a', bytes: 4, lastUse: 9 }]);
    await store.delete(['a']);
    expect([files.size, await store.get('a')]).toEqual([0, null]);
  });

  it('are what files are for: other records stay in the database', async () => {
    const files = fakeFiles();
    const store = await openIdbBlobs(freshName());
    await store.put({ ...date('a', 3), kind: 'tiles' }, bytesOf(3), forever);
    expect(files.size).toBe(0);
    expect(await store.get('a')).toEqual(bytesOf(3));
  });

  it('written by a worker are read by a page, whose own lie in the database', async () => {
    const name = freshName();
    const files = fakeFiles();
    await (await openIdbBlobs(name)).put(date('worker', 3), bytesOf(3, 1), forever);
    const [[file, record]] = [...files];
    const ofPage = fakeFiles({ workers: false });
    ofPage.set(file!, record!);
    const page = await openIdbBlobs(name);
    await page.put(date('page', 2), bytesOf(2, 2), forever);
    expect(await page.get('worker')).toEqual(bytesOf(3, 1));
    expect(await page.get('page')).toEqual(bytesOf(2, 2));
    expect([...ofPage.keys()]).toEqual([file]);
  });

  it('of a crash between file and index are swept, and entries whose file is gone too', async () => {
    const name = freshName();
    const files = fakeFiles();
    const store = await openIdbBlobs(name);
    await store.put(date('lost', 3), bytesOf(3, 1), forever);
    files.clear();
    await store.put(date('whole', 3), bytesOf(3, 2), forever);
    files.set('orphan', bytesOf(5));
    expect(await store.get('lost')).toEqual(new Uint8Array(0));
    const again = await openIdbBlobs(name);
    expect((await again.list()).map(({ key }) => key)).toEqual(['whole']);
    expect(files.has('orphan')).toBe(false);
    expect(await again.get('whole')).toEqual(bytesOf(3, 2));
  });

  it('of two tabs: one that opens while the other writes may cost a record, and neither ever reads a wrong one', async () => {
    const name = freshName();
    let opening: Promise<BlobStore> | null = null;
    // The second tab sweeps when the file of the first is whole and its index does not name it yet.
    const files = fakeFiles({ onClose: () => void (opening ??= openIdbBlobs(name)) });
    const budget = async (): Promise<number> => 1e9;
    const first = createCache(await openIdbBlobs(name), { budget });
    await first.put('a', 'dates', bytesOf(3, 1), forever);
    await first.settled();
    const second = createCache((await opening)!, { budget });
    for (const tab of [first, second]) expect([null, 1]).toContain((await tab.get('a', forever))?.bytes[0] ?? null);
    await Promise.all([
      first.put('a', 'dates', bytesOf(9, 2), forever),
      second.put('a', 'dates', bytesOf(5, 3), forever),
    ]);
    await Promise.all([first.settled(), second.settled()]);
    const kept = (await first.get('a', forever))!.bytes;
    expect([bytesOf(9, 2), bytesOf(5, 3)]).toContainEqual(kept);
    expect((await second.get('a', forever))!.bytes).toEqual(kept);
    expect([...first.notices(), ...second.notices()]).toEqual([]);
    expect(files.size).toBe(1);
  });

  it('leave nothing of a write that found no room or was aborted', async () => {
    const files = fakeFiles({ quota: 2 });
    const store = await openIdbBlobs(freshName());
    await expect(store.put(date('a', 3), bytesOf(3), forever)).rejects.toSatisfy((error) =>
      isCropError(error, 'store/no-room'),
    );
    const stop = new AbortController();
    const writing = store.put(date('b', 1), bytesOf(1), stop.signal);
    stop.abort();
    await expect(writing).rejects.toSatisfy(isAbort);
    expect([files.size, await store.list()]).toEqual([0, []]);
  });
});
