/** The process that serves the fixtures: started by `startServer`, so that its work is not counted as a reader's. */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { ASSET_FILES } from './layout.ts';
import { createLink } from './link.ts';
import { UNLIMITED, type ServerAnswer, type ServerOrder } from './wire.ts';

const [fixtures = '', page = ''] = process.argv.slice(2);
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

let line = UNLIMITED;
let link = createLink(Infinity);
let requests = 0;
let bytes = 0;
const files = new Map<string, Promise<{ handle: FileHandle; size: number }>>();

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
// A reader's connections stay open between runs, as they do between the dates of a season.
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => tell({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));

process.on('message', (order: ServerOrder) => {
  if (order.kind === 'line') {
    line = order.line;
    link = createLink(line.bytesPerSecond ?? Infinity);
    requests = 0;
    bytes = 0;
  }
  tell({ requests, bytes });
});
process.on('disconnect', () => process.exit());

function tell(answer: ServerAnswer): void {
  process.send?.(answer);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('cache-control', 'no-store');
  if (path.startsWith('/page/')) {
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(await readFile(join(page, path.slice('/page/'.length))));
    return;
  }
  requests++;
  if (line.latencyMs > 0) await new Promise((done) => setTimeout(done, line.latencyMs));
  const name = ASSET_FILES[/^\/scenes\/\d+\/(\w+)\.tif$/.exec(path)?.[1] ?? ''];
  if (name === undefined) {
    response.writeHead(404).end();
    return;
  }
  const { handle, size } = await openOnce(join(fixtures, `${name}.tif`));
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = Math.min(size, last ? Number(last) + 1 : size);
  if (first !== undefined) response.setHeader('content-range', `bytes ${start}-${end - 1}/${size}`);
  response.writeHead(first === undefined ? 200 : 206, { 'content-length': end - start });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const body = new Uint8Array(end - start);
  await handle.read(body, 0, body.length, start);
  bytes += body.length;
  link.send(response, body);
}

function openOnce(path: string): Promise<{ handle: FileHandle; size: number }> {
  const known = files.get(path) ?? open(path).then(async (handle) => ({ handle, size: (await handle.stat()).size }));
  files.set(path, known);
  return known;
}
