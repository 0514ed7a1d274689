import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from '@playwright/test';

/**
 * IndexedDB against OPFS (synchronous handles in a worker) in Chromium, for records of the two sizes that a cache holds:
 * a merged range of tiles and a finished date. Prints one JSON object: medians of milliseconds per record.
 *
 *   npx tsx bench/storage.ts
 */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** A range of tiles, and ten bands and the classification of 1098 x 1098 pixels. */
const CASES = [
  { name: 'tile range', bytes: 1_200_000, records: 60 },
  { name: 'finished date', bytes: 25_300_000, records: 12 },
];

/** Runs inside the worker, as text: it has no imports. The places take turns, so that a busy machine is as busy for each. */
const WORKER = `
const PIECE = 1 << 20;
const request = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
function payload(bytes) {
  const data = new Uint8Array(bytes);
  for (let at = 0, state = 1; at < bytes; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    data[at] = state >>> 24;
  }
  return data;
}
async function indexedDb(durability) {
  const opening = indexedDB.open('bench-' + durability, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('blobs');
  const database = await request(opening);
  return {
    async write(name, data) {
      const transaction = database.transaction('blobs', 'readwrite', { durability });
      transaction.objectStore('blobs').put(data, name);
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    },
    read: (name) => request(database.transaction('blobs').objectStore('blobs').get(name)),
    async remove() {
      database.close();
      await request(indexedDB.deleteDatabase('bench-' + durability));
    },
  };
}
async function indexedDbPieces() {
  const opening = indexedDB.open('bench-pieces', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('blobs');
  const database = await request(opening);
  return {
    async write(name, data) {
      const transaction = database.transaction('blobs', 'readwrite', { durability: 'relaxed' });
      const store = transaction.objectStore('blobs');
      for (let at = 0; at < data.length; at += PIECE) store.put(data.slice(at, at + PIECE), [name, at]);
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    },
    async read(name) {
      const range = IDBKeyRange.bound([name, 0], [name, Infinity]);
      const pieces = await request(database.transaction('blobs').objectStore('blobs').getAll(range));
      const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      let at = 0;
      for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.length;
      }
      return whole;
    },
    async remove() {
      database.close();
      await request(indexedDB.deleteDatabase('bench-pieces'));
    },
  };
}
async function opfs() {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('bench', { create: true });
  return {
    async write(name, data) {
      const file = await folder.getFileHandle(name, { create: true });
      const handle = await file.createSyncAccessHandle();
      handle.truncate(data.length);
      handle.write(data, { at: 0 });
      handle.flush();
      handle.close();
    },
    async read(name) {
      const handle = await (await folder.getFileHandle(name)).createSyncAccessHandle();
      const found = new Uint8Array(handle.getSize());
      handle.read(found, { at: 0 });
      handle.close();
      return found;
    },
    remove: () => root.removeEntry('bench', { recursive: true }),
  };
}
onmessage = async ({ data: { bytes, records } }) => {
  const places = Object.entries({
    indexedDbRelaxed: await indexedDb('relaxed'),
    indexedDbStrict: await indexedDb('strict'),
    indexedDbPieces: await indexedDbPieces(),
    opfs: await opfs(),
  });
  const data = payload(bytes);
  const times = Object.fromEntries(places.map(([name]) => [name, { write: [], read: [] }]));
  for (const step of ['write', 'read']) {
    for (let at = 0; at < records; at++) {
      for (const [name, place] of places) {
        const begin = performance.now();
        const found = await place[step]('record-' + at, data);
        times[name][step].push(performance.now() - begin);
        if (step === 'read' && found.length !== bytes) throw new Error('wrong length');
      }
    }
  }
  for (const [, place] of places) await place.remove();
  const median = (values) => Math.round(values.sort((a, b) => a - b)[values.length >> 1] * 10) / 10;
  postMessage(
    Object.fromEntries(Object.entries(times).map(([name, { write, read }]) => [name, { write: median(write), read: median(read) }])),
  );
};
`;

const server = createServer((request, response) => {
  const script = request.url === '/worker.js';
  response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
  response.end(script ? WORKER : '<!doctype html><title>storage</title>');
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const results: Record<string, unknown> = { chromium: browser.version() };
  for (const { name, bytes, records } of CASES) {
    results[name] = await page.evaluate(
      (message) =>
        new Promise((resolve, reject) => {
          const worker = new Worker('/worker.js');
          worker.onmessage = ({ data }) => resolve({ ...message, ...data });
          worker.onerror = ({ message: reason }) => reject(new Error(reason));
          worker.postMessage(message);
        }),
      { bytes, records },
    );
  }
  console.log(JSON.stringify(results, null, 2));
} finally {
  await browser.close();
  server.close();
}
