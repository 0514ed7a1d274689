import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scratch } from '../src/store';

/** A temporary file; null where none can be made. It is removed when closed, or by the system with its folder. */
export async function openFileScratch(): Promise<Scratch | null> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'crop2seg-'));
    const file = await open(join(folder, 'scratch'), 'wx+');
    return {
      async write(at, bytes) {
        await file.write(bytes, 0, bytes.length, at);
      },
      async read(at, into) {
        const { bytesRead } = await file.read(into, 0, into.length, at);
        if (bytesRead !== into.length) throw new Error(`only ${bytesRead} of ${into.length} bytes were read`);
      },
      async close() {
        await file.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch {
    // A full or read-only disk: the owner does without.
    return null;
  }
}
