import { CropError } from '../../../src/errors';
import type { BlobStore } from '../../../src/store';

export const forever = new AbortController().signal;

/** Bytes that tell where they come from. */
export function bytesOf(length: number, value = 1): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(value);
}

/** A store whose disk takes no more than `capacity` bytes: the boundary at which a real one refuses. */
export function withCapacity(inner: BlobStore, capacity: number): BlobStore {
  return {
    ...inner,
    persistent: true,
    async put(entry, record, signal) {
      const used = (await inner.list()).reduce((sum, { bytes }) => sum + bytes, 0);
      if (used + record.length > capacity) throw new CropError('store/no-room');
      await inner.put(entry, record, signal);
    },
  };
}

/** A clock that tests turn. */
export function createClock(): { now: () => number; pass: (milliseconds: number) => void } {
  let time = Date.UTC(2026, 0, 1);
  return { now: () => time, pass: (milliseconds) => void (time += milliseconds) };
}
