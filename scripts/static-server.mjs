import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const TYPES = new Map(
  Object.entries({
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.json': 'application/json',
    '.geojson': 'application/geo+json',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.wasm': 'application/wasm',
    '.tif': 'image/tiff; application=geotiff',
    '.webmanifest': 'application/manifest+json',
    '.md': 'text/markdown; charset=utf-8',
  }),
);

/** Threads of the WASM runtime need both. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * The part of a file that a Range header asks for.
 * @param {string | undefined} header such as `bytes=0-99`, `bytes=100-` or `bytes=-50`
 * @param {number} size bytes of the file
 * @returns {{ start: number, end: number } | 'whole' | 'unsatisfiable'} `end` inclusive
 */
export function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return 'whole';
  const suffix = match[1] === '';
  const start = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = suffix || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}

/**
 * Serves a folder over HTTP with byte ranges and the headers that isolate a page.
 * @param {string} root folder to serve
 * @param {{ port?: number, base?: string, isolated?: boolean }} [options] `base` is the path the site lies under, such
 *   as `/maps/`; port 0 takes a free one
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} rejects with the listen error (EADDRINUSE)
 */
export async function serveFolder(root, { port = 0, base = '/', isolated = true } = {}) {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async function answer(request, response) {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (!path.startsWith(base) || (request.method !== 'GET' && request.method !== 'HEAD')) return notFound(response);
    const inside = path.slice(base.length) || 'index.html';
    const file = normalize(join(root, inside.endsWith('/') ? `${inside}index.html` : inside));
    if (!file.startsWith(normalize(root + sep))) return notFound(response);
    const info = await stat(file).catch(() => null);
    if (!info?.isFile()) return notFound(response);
    const range = parseRange(request.headers.range, info.size);
    const headers = {
      'Content-Type': TYPES.get(extname(file)) ?? 'application/octet-stream',
      'Accept-Ranges': 'bytes',
      'Cache-Control': inside.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(isolated ? ISOLATION : {}),
    };
    if (range === 'unsatisfiable') {
      response.writeHead(416, { ...headers, 'Content-Range': `bytes */${info.size}` }).end();
      return undefined;
    }
    const { start, end } = range === 'whole' ? { start: 0, end: info.size - 1 } : range;
    const partial = range === 'whole' ? {} : { 'Content-Range': `bytes ${start}-${end}/${info.size}` };
    response.writeHead(range === 'whole' ? 200 : 206, { ...headers, ...partial, 'Content-Length': end - start + 1 });
    if (request.method === 'HEAD' || info.size === 0) response.end();
    else
      createReadStream(file, { start, end })
        .on('error', () => response.destroy())
        .pipe(response);
    return undefined;
  }

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @param {import('node:http').ServerResponse} response */
function notFound(response) {
  response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found');
  return undefined;
}
