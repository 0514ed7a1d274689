import { CropError, isCropError } from '../errors';
import type { BlobEntry, BlobStore, Bytes, CacheKind } from './blob-types';
import { shareOf } from './budget';
import { bytesOf, evictDownTo, type KindSize, sizesByKind } from './evict';
import { createMemoryBlobs } from './memory-blobs';
import { decodeRecord, encodeRecord } from './record';
import { createRoom, giveUpHalf } from './room';
import { createWriteBehind } from './write-behind';

/** Bytes of records kept in memory once the disk takes no more: ten dates of a full cell. */
const MEMORY_BYTES = 256e6;

/** A use is noted again after this long, milliseconds: an order finer than that is not worth a write per read. */
const TOUCH_MS = 10 * 60 * 1000;

/** What takes long to write and little to make: where room runs out, it is not kept at all. */
const EXPENDABLE: readonly CacheKind[] = ['features'];

/** For writes in the background, which belong to nobody who could cancel them. */
function never(): AbortSignal {
  return new AbortController().signal;
}

/** What was kept under a key. */
export interface Kept {
  /** Belongs to the caller. */
  readonly bytes: Bytes;
  /** When it was written, milliseconds since 1970. */
  readonly stored: number;
}

/**
 * Bytes that can be had again if need be. Trouble with storage is noted once and never thrown: what cannot be written is
 * held in memory within a limit, what cannot be read is absent. Rejects only when aborted.
 */
export interface Cache {
  /** Null where nothing is kept; a damaged record is deleted and counts as nothing. */
  get(key: string, signal: AbortSignal): Promise<Kept | null>;
  /**
   * Takes a copy and writes it in the background; waits only while too much is still being written. What has been
   * taken is written even when the run is cancelled after that: it is finished work.
   */
  put(key: string, kind: CacheKind, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Records whose key begins with `prefix`, by key. */
  list(prefix: string, signal: AbortSignal): Promise<readonly BlobEntry[]>;
  forget(keys: readonly string[]): Promise<void>;
  /** Forgets all records of these kinds. */
  clear(kinds: readonly CacheKind[]): Promise<void>;
  sizes(): Promise<ReadonlyMap<CacheKind, KindSize>>;
  /** Bytes that records of a kind may take. */
  limitOf(kind: CacheKind): Promise<number>;
  /** Gives back at least so many bytes, or all there are: room for something that matters more. */
  makeRoom(bytes: number): Promise<void>;
  /** Shrinks to the budget, which may just have been lowered. */
  trim(): Promise<void>;
  /** Resolves when all that was put lies where it will stay. */
  settled(): Promise<void>;
  /** Whether what is put outlives the page. */
  persistent(): Promise<boolean>;
  /** Something to be told to people, one of each code. */
  note(notice: CropError): void;
  /** What went wrong so far; the work went on all the same. */
  notices(): readonly CropError[];
}

export interface CacheOptions {
  /** Bytes that records may take, asked again whenever what lies there is counted. */
  readonly budget: () => Promise<number>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A cache over a place for records: checksums, least-recently-used eviction, and memory where the place fails. */
export function createCache(store: BlobStore, { budget, now = Date.now }: CacheOptions): Cache {
  const memory = createMemoryBlobs();
  const writes = createWriteBehind();
  const touched = new Map<string, number>();
  const notices = new Map<string, CropError>();
  let full = false;
  let halved = false;
  const room = createRoom(store, allowed);

  function note(notice: CropError): void {
    if (!notices.has(notice.code)) notices.set(notice.code, notice);
  }

  /** The outcome, or `instead` with a notice where the place fails. */
  async function attempt<T>(work: () => Promise<T>, instead: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      note(troubleWith(error));
      return instead;
    }
  }

  async function allowed(): Promise<number> {
    const limit = await budget();
    return store.persistent ? limit : Math.min(limit, MEMORY_BYTES);
  }

  async function toMemory(entry: BlobEntry, record: Bytes): Promise<void> {
    await memory.put(entry, record, never());
    await evictDownTo(MEMORY_BYTES, memory);
  }

  async function write(entry: BlobEntry, record: Bytes): Promise<void> {
    const expendable = EXPENDABLE.includes(entry.kind);
    try {
      if (full) return expendable ? undefined : await toMemory(entry, record);
      if (!(await room.fits(entry))) return;
      await store.put(entry, record, never()).catch(async (error: unknown) => {
        if (halved || expendable || !isCropError(error, 'store/no-room')) throw error;
        halved = true;
        await giveUpHalf(store);
        room.recount();
        await store.put(entry, record, never());
      });
    } catch (error) {
      // The device grants less than the budget, and what others need is not taken for this.
      if (expendable && isCropError(error, 'store/no-room')) return room.recount();
      full = true;
      note(troubleWith(error));
      if (!expendable) await toMemory(entry, record);
    }
  }

  async function read(key: string): Promise<Bytes | null> {
    const held = writes.pending(key)?.record.slice() ?? (await memory.get(key));
    if (held !== null) return held;
    return attempt(() => store.get(key), null);
  }

  async function touch(key: string): Promise<void> {
    if (now() - (touched.get(key) ?? 0) <= TOUCH_MS) return;
    touched.set(key, now());
    await attempt(() => store.touch(key, now()), undefined);
  }

  async function forget(keys: readonly string[]): Promise<void> {
    await writes.settled();
    await memory.delete(keys);
    await attempt(() => store.delete(keys), undefined);
    room.recount();
  }

  async function shrink(target: () => Promise<number>): Promise<void> {
    await writes.settled();
    await attempt(async () => evictDownTo(await target(), store), 0);
    room.recount();
  }

  async function entries(prefix = ''): Promise<BlobEntry[]> {
    const found = await Promise.all([attempt(() => store.list(prefix), []), memory.list(prefix)]);
    const byKey = new Map([...found.flat(), ...writes.entries(prefix)].map((entry) => [entry.key, entry]));
    return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  return {
    async get(key, signal) {
      signal.throwIfAborted();
      const record = await read(key);
      signal.throwIfAborted();
      if (record === null) return null;
      const decoded = decodeRecord(record, key);
      if (decoded === null) {
        await forget([key]);
        return null;
      }
      await touch(key);
      return { bytes: decoded.payload, stored: decoded.stored };
    },
    async put(key, kind, bytes, signal) {
      signal.throwIfAborted();
      const record = encodeRecord({ key, kind, stored: now() }, bytes);
      const entry = { key, kind, bytes: record.length, lastUse: now() };
      await writes.add(entry, record, () => write(entry, record), signal);
    },
    async list(prefix, signal) {
      signal.throwIfAborted();
      const found = await entries(prefix);
      signal.throwIfAborted();
      return found;
    },
    forget,
    async clear(kinds) {
      await writes.settled();
      const leaving = (await entries()).filter(({ kind }) => kinds.includes(kind));
      await forget(leaving.map(({ key }) => key));
      full = false;
      halved = false;
    },
    async sizes() {
      await writes.settled();
      return sizesByKind(await entries());
    },
    limitOf: async (kind) => (await allowed()) * shareOf(kind),
    makeRoom: (bytes) => shrink(async () => Math.max(0, bytesOf(await store.list()) - bytes)),
    trim: () => shrink(allowed),
    settled: () => writes.settled(),
    persistent: async () => store.persistent && !full,
    note,
    notices: () => [...notices.values()],
  };
}

function troubleWith(error: unknown): CropError {
  if (isCropError(error)) return error;
  const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  return new CropError('store/cache-failed', { reason }, error);
}
