/**
 * The process that serves the scenes of `season.ts`, started by `startSceneServer`, so that its memory is not counted.
 * Every scene is the same eleven files under another name.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { BANDS, tinyScene } from '../tests/support/tiny-scene';
import { SEASON_GRID } from './season.ts';

const [page = ''] = process.argv.slice(2);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

const made = new Map<string, unknown>();
tinyScene(made, {
  date: '2019-01-01',
  grid: SEASON_GRID,
  root: '',
  dn: (band, pixel) => 1000 + BANDS.indexOf(band) + (pixel % 4000),
});
const files = new Map([...made].map(([url, bytes]) => [url.split('/').at(-1)!, bytes as Uint8Array]));

const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const file = files.get(path.split('/').at(-1)!);
  if (file === undefined) {
    readFile(join(page, path.slice('/page/'.length))).then(
      (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain' }).end(bytes),
      () => response.writeHead(404).end(),
    );
    return;
  }
  const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
  const part = file.subarray(Number(first), Number(last) + 1);
  const range = `bytes ${first}-${Number(first) + part.length - 1}/${file.length}`;
  response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part);
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);
process.on('disconnect', () => process.exit());
