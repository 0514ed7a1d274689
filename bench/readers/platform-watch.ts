/**
 * Counts what a worker has asked of the platform and not been answered yet, and tells it once a second. A run that hangs
 * then says what it waits for; one that tells nothing any more is stuck inside a call. To be imported before all else.
 */
import { WATCH_CHANNEL, type WatchReport } from '../watch-report.ts';

const EVERY_MS = 1000;

/** Names of calls under way, each with the times at which they began. */
const open = new Map<string, Set<{ readonly since: number }>>();

function begin(name: string): () => void {
  const calls = open.get(name) ?? new Set();
  open.set(name, calls);
  const call = { since: performance.now() };
  calls.add(call);
  return () => void calls.delete(call);
}

/** Counts calls of a method that returns a promise. */
function watch(owner: object, method: string, name: string): void {
  const target = owner as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const original = target[method]!;
  target[method] = function (this: unknown, ...args) {
    const end = begin(name);
    return original.apply(this, args).finally(end);
  };
}

function watchTransactions(): void {
  const original = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    const transaction = original.apply(this, args);
    const end = begin(`transaction ${transaction.mode}`);
    for (const type of ['complete', 'abort']) transaction.addEventListener(type, end, { once: true });
    return transaction;
  };
}

watch(globalThis, 'fetch', 'fetch');
watch(ReadableStreamDefaultReader.prototype, 'read', 'body');
watch(StorageManager.prototype, 'estimate', 'estimate');
watch(FileSystemDirectoryHandle.prototype, 'getFileHandle', 'open file');
watch(FileSystemDirectoryHandle.prototype, 'removeEntry', 'remove file');
watch(FileSystemFileHandle.prototype, 'createSyncAccessHandle', 'lock file');
watchTransactions();

const channel = new BroadcastChannel(WATCH_CHANNEL);
setInterval(() => {
  const now = performance.now();
  const waiting = [...open].flatMap(([name, calls]) => {
    const oldest = Math.min(...[...calls].map(({ since }) => since));
    return calls.size === 0 ? [] : [{ name, count: calls.size, oldestSeconds: Math.round((now - oldest) / 1000) }];
  });
  channel.postMessage({ waiting } satisfies WatchReport);
}, EVERY_MS);
