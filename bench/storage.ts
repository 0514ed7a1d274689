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

/** Runs inside the worker, as text: it has no imports. */
const WORKER = `
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
async function timed(count, step) {
  const times = [];
  for (let at = 0; at < count; at++) {
    const begin = performance.now();
    await step(at);
    times.push(performance.now() - begin);
  }
  return Math.round(median(times) * 10) / 10;
}
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
async function indexedDb(bytes, records, durability) {
  const name = 'bench-' + durability + bytes;
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('blobs');
  const database = await request(opening);
  const data = payload(bytes);
  const write = await timed(records, async (at) => {
    const transaction = database.transaction('blobs', 'readwrite', { durability });
    transaction.objectStore('blobs').put(data, 'record-' + at);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
  });
  const read = await timed(records, async (at) => {
    const found = await request(database.transaction('blobs').objectStore('blobs').get('record-' + at));
    if (found.length !== bytes) throw new Error('wrong length');
  });
  database.close();
  await request(indexedDB.deleteDatabase(name));
  return { write, read };
}
async function opfs(bytes, records) {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('bench-' + bytes, { create: true });
  const data = payload(bytes);
  const write = await timed(records, async (at) => {
    const file = await folder.getFileHandle('record-' + at, { create: true });
    const handle = await file.createSyncAccessHandle();
    handle.truncate(bytes);
    handle.write(data, { at: 0 });
    handle.flush();
    handle.close();
  });
  const read = await timed(records, async (at) => {
    const file = await folder.getFileHandle('record-' + at);
    const handle = await file.createSyncAccessHandle();
    const found = new Uint8Array(handle.getSize());
    if (handle.read(found, { at: 0 }) !== bytes) throw new Error('wrong length');
    handle.close();
  });
  await (await navigator.storage.getDirectory()).removeEntry('bench-' + bytes, { recursive: true });
  return { write, read };
}
onmessage = async ({ data: { bytes, records } }) => {
  postMessage({
    indexedDbRelaxed: await indexedDb(bytes, records, 'relaxed'),
    indexedDbStrict: await indexedDb(bytes, records, 'strict'),
    opfs: await opfs(bytes, records),
  });
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
