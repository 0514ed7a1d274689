import { afterEach, describe, expect, it, vi } from 'vitest';
import { openOpfsScratch, type Scratch } from '../../../src/store';

/** A private file system of a browser in memory, with one folder and locks as Chromium has them. */
function fakeStorage(options: { readonly quota?: number; readonly syncFiles?: boolean } = {}) {
  const { quota = Infinity, syncFiles = true } = options;
  const files = new Map<string, Uint8Array>();
  const locked = new Set<string>();

  function handleOf(name: string) {
    locked.add(name);
    return {
      write(bytes: Uint8Array, { at }: { at: number }): number {
        const count = Math.min(bytes.length, Math.max(0, quota - at));
        const grown = new Uint8Array(Math.max(files.get(name)!.length, at + count));
        grown.set(files.get(name)!);
        grown.set(bytes.subarray(0, count), at);
        files.set(name, grown);
        return count;
      },
      read(into: Uint8Array, { at }: { at: number }): number {
        const part = files.get(name)!.subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      close: () => void locked.delete(name),
    };
  }

  const folder = {
    getDirectoryHandle: async () => folder,
    async getFileHandle(name: string) {
      files.set(name, new Uint8Array(0));
      return syncFiles ? { createSyncAccessHandle: async () => handleOf(name) } : {};
    },
    async removeEntry(name: string) {
      if (locked.has(name)) throw new DOMException('locked', 'NoModificationAllowedError');
      files.delete(name);
    },
    async *keys() {
      yield* [...files.keys()];
    },
  };
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => folder } });
  return { files, locked };
}

async function bytesAt(scratch: Scratch, at: number, length: number): Promise<number[]> {
  const bytes = new Uint8Array(length);
  await scratch.read(at, bytes);
  return [...bytes];
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('scratch space of a browser', () => {
  it('gives back what was written, anywhere, and leaves nothing behind', async () => {
    const { files } = fakeStorage();
    const scratch = (await openOpfsScratch())!;
    await scratch.write(0, Uint8Array.of(1, 2, 3));
    await scratch.write(10, Uint8Array.of(4, 5));
    expect(await bytesAt(scratch, 1, 2)).toEqual([2, 3]);
    expect(await bytesAt(scratch, 9, 3)).toEqual([0, 4, 5]);
    await scratch.close();
    expect(files.size).toBe(0);
  });

  it('removes what a crashed page has left, and nothing of a living one', async () => {
    const { files, locked } = fakeStorage();
    files.set('crashed', new Uint8Array(9));
    const living = (await openOpfsScratch())!;
    expect(files.has('crashed')).toBe(false);
    const second = (await openOpfsScratch())!;
    expect([files.size, locked.size]).toEqual([2, 2]);
    await living.write(0, Uint8Array.of(7));
    expect(await bytesAt(living, 0, 1)).toEqual([7]);
    await second.close();
    await living.close();
  });

  it('rejects where the quota is full, and where more is read than was written', async () => {
    fakeStorage({ quota: 4 });
    const scratch = (await openOpfsScratch())!;
    await expect(scratch.write(0, new Uint8Array(5))).rejects.toThrow('only 4 of 5 bytes were written');
    await expect(scratch.read(0, new Uint8Array(9))).rejects.toThrow('only 4 of 9 bytes were read');
  });

  it('is none where there is no such file system, where it is refused, and outside of workers', async () => {
    vi.stubGlobal('navigator', undefined);
    expect(await openOpfsScratch()).toBeNull();
    vi.stubGlobal('navigator', { storage: { getDirectory: () => Promise.reject(new Error('private window')) } });
    expect(await openOpfsScratch()).toBeNull();
    fakeStorage({ syncFiles: false });
    expect(await openOpfsScratch()).toBeNull();
  });
});
