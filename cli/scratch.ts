import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asBytes, type Scratch } from '../src/store';

/** A temporary file; null where none can be made. It is removed when closed, or by the system with its folder. */
export async function openFileScratch(): Promise<Scratch | null> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'crop2seg-'));
    const file = await open(join(folder, 'scratch'), 'wx+');
    return {
      async write(at, pixels) {
        const bytes = asBytes(pixels);
        // A full disk takes a part of it at first, and tells only when asked for the rest.
        for (let done = 0; done < bytes.length;) {
          done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
        }
      },
      async read(at, into) {
        const { bytesRead } = await file.read(asBytes(into), 0, into.byteLength, at);
        if (bytesRead !== into.byteLength) throw new Error(`only ${bytesRead} of ${into.byteLength} bytes were read`);
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
