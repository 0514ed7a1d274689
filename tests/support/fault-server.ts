import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, resolve, sep } from 'node:path';

/** What goes wrong with a request. */
export type Fault =
  /** Answers with this status and no file; `retryAfter` in seconds. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  /** Sends the whole file with 200 although a part was asked for. */
  | { readonly kind: 'ignore-range' }
  /** Promises the full length, sends this many bytes and cuts the connection. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Inverts the file's bytes from `offset` on before any range is cut out of it. */
  | { readonly kind: 'corrupt'; readonly offset: number; readonly length: number }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Sends no more than this per second and answer. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Sends this many bytes fewer (or, below zero, more) than were asked for, and says that the part is whole. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** Names the version of the file. */
  | { readonly kind: 'etag'; readonly etag: string }
  /** Sends zeros without end, with 206 where a part was asked for. */
  | { readonly kind: 'endless' }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' };

export interface FaultRule {
  /** Tried against the path of the request, `/folder/file.tif`. */
  readonly path: RegExp;
  readonly fault: Fault;
  /** How many requests it spoils; all where left out. */
  readonly times?: number;
}

export interface FaultServerOptions {
  /** A folder on disk, or contents by path (`/a/b.json`). */
  readonly files: string | ReadonlyMap<string, Uint8Array | string>;
  /** Asked first; what it answers is sent as a file with 200. A number is a status without a body. */
  readonly answer?: (url: URL) => string | number | undefined;
  /** Allows every origin. On where left out. */
  readonly cors?: boolean;
  /** Sends the COOP and COEP headers that make a page cross-origin isolated. Off where left out. */
  readonly isolated?: boolean;
}

export interface FaultServer {
  /** Root address without a slash at the end. */
  readonly url: string;
  /** Adds a rule; of several that match, the one added first is used. Returns a function that takes it back. */
  inject(rule: FaultRule): () => void;
  /** Requests and bytes of bodies since the start or the last `reset`; `paths` in the order of arrival. */
  traffic(): { readonly requests: number; readonly bytes: number; readonly paths: readonly string[] };
  /** Forgets the counters and all rules. */
  reset(): void;
  /** Cuts all connections, hanging ones too. */
  close(): Promise<void>;
}

type File = Uint8Array | null;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.geojson': 'application/geo+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.tif': 'image/tiff',
};

/** A static server on 127.0.0.1 with single byte ranges, whose answers can be spoilt path by path. */
export async function startFaultServer(options: FaultServerOptions): Promise<FaultServer> {
  let rules: { rule: FaultRule; left: number }[] = [];
  let paths: string[] = [];
  let bytes = 0;

  function faultFor(path: string): Fault | null {
    const found = rules.find(({ rule, left }) => left > 0 && rule.path.test(path));
    if (!found) return null;
    found.left -= 1;
    return found.rule.fault;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const path = decodeURIComponent(url.pathname);
    setHeaders(response, options);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    paths.push(path);
    const fault = faultFor(path);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'delay') await new Promise((done) => setTimeout(done, fault.milliseconds));
    if (fault?.kind === 'status') {
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter));
      response.writeHead(fault.status).end();
      return;
    }
    if (fault?.kind === 'endless') return pump(request, response);
    const answered = options.answer?.(url);
    if (typeof answered === 'number') {
      response.writeHead(answered).end();
      return;
    }
    const file = answered === undefined ? await load(options.files, path) : new TextEncoder().encode(answered);
    if (file === null) response.writeHead(404).end();
    else bytes += send(request, response, path, file, fault);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inject(rule) {
      const entry = { rule, left: rule.times ?? Infinity };
      rules.push(entry);
      return () => {
        rules = rules.filter((other) => other !== entry);
      };
    },
    traffic: () => ({ requests: paths.length, bytes, paths: [...paths] }),
    reset() {
      rules = [];
      paths = [];
      bytes = 0;
    },
    close: () => close(server),
  };
}

/** Sends a file or the part asked for; returns how many bytes of it were sent. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  file: Uint8Array,
  fault: Fault | null,
): number {
  const whole = fault?.kind === 'corrupt' ? corrupted(file, fault.offset, fault.length) : file;
  const range = fault?.kind === 'ignore-range' ? null : parseRange(request.headers.range);
  response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
  if (range && range.start >= whole.length) {
    response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
    return 0;
  }
  const start = range?.start ?? 0;
  const wrong = fault?.kind === 'short' ? fault.bytes : 0;
  const body = whole.subarray(start, (range ? Math.min(range.end + 1, whole.length) : whole.length) - wrong);
  if (fault?.kind === 'etag') response.setHeader('etag', fault.etag);
  if (range) response.setHeader('content-range', `bytes ${start}-${start + body.length + wrong - 1}/${whole.length}`);
  response.writeHead(range ? 206 : 200, { 'content-length': body.length });
  if (request.method === 'HEAD') {
    response.end();
    return 0;
  }
  if (fault?.kind === 'throttle') return trickle(response, body, fault.bytesPerSecond);
  if (fault?.kind !== 'truncate' || fault.bytes >= body.length) {
    response.end(body);
    return body.length;
  }
  // The headers must be out before the connection is cut, or the client sees no answer at all.
  response.write(body.subarray(0, fault.bytes), () => response.destroy());
  return fault.bytes;
}

/** Sends a body in ten pieces a second. */
function trickle(response: ServerResponse, body: Uint8Array, bytesPerSecond: number): number {
  const piece = Math.max(1, Math.floor(bytesPerSecond / 10));
  const next = (at: number): void => {
    if (at >= body.length) response.end();
    else response.write(body.subarray(at, at + piece), () => setTimeout(() => next(at + piece), 100));
  };
  next(0);
  return body.length;
}

/** Sends zeros until the other side hangs up. */
function pump(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(request.headers.range === undefined ? 200 : 206);
  const more = (): void => {
    while (!response.destroyed && response.write(new Uint8Array(16 * 1024)));
  };
  response.on('drain', more);
  more();
}

function setHeaders(response: ServerResponse, { cors = true, isolated = false }: FaultServerOptions): void {
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('cache-control', 'no-store');
  if (cors) {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
  }
  if (isolated) {
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
  }
}

async function load(files: FaultServerOptions['files'], path: string): Promise<File> {
  if (typeof files === 'string') return loadFromDisk(resolve(files), path);
  const content = files.get(path);
  if (content === undefined) return null;
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

/** Folders answer with their index.html; what lies outside the root is not there. */
async function loadFromDisk(root: string, path: string): Promise<File> {
  const file = resolve(root, `.${path.endsWith('/') ? `${path}index.html` : path}`);
  if (!file.startsWith(root + sep)) return null;
  try {
    return await readFile(file);
  } catch {
    return null;
  }
}

function parseRange(header: string | undefined): { start: number; end: number } | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!match) return null;
  return { start: Number(match[1]), end: match[2] === '' ? Infinity : Number(match[2]) };
}

function corrupted(file: Uint8Array, offset: number, length: number): Uint8Array {
  const copy = file.slice();
  for (let at = offset; at < Math.min(offset + length, copy.length); at++) copy[at] ^= 0xff;
  return copy;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((closed) => server.close(() => closed()));
}
