/**
 * The process that serves the scenes of `season.ts`, started by `startSceneServer`, so that its memory is not counted.
 * Every scene is the same eleven files under another name, a little brighter from scene to scene: what is made of its
 * pixels is then its own.
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
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
/** Threads of a runtime share memory in isolated pages only. */
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** DN by which a scene is brighter than the one before. */
const BRIGHTER = 7;

const made = new Map<string, unknown>();
tinyScene(made, {
  date: '2019-01-01',
  grid: SEASON_GRID,
  root: '',
  dn: (band, pixel) => 1000 + BANDS.indexOf(band) + (pixel % 4000),
});
const files = new Map([...made].map(([url, bytes]) => [url.split('/').at(-1)!, bytes as Uint8Array]));

/** Files of the scenes asked for last, by path; two dates are read at a time. */
const recent = new Map<string, Uint8Array>();
const MOST_RECENT = 44;

/** The file behind `/scene-<number>/<asset>.tif`; undefined where there is none. */
function fileOf(path: string): Uint8Array | undefined {
  const [, scene, name] = /^\/scene-(\d+)\/(\w+\.tif)$/.exec(path) ?? [];
  const file = files.get(name ?? '');
  if (file === undefined || name === 'SCL.tif') return file;
  const known = recent.get(path) ?? brightened(file, pixelsAt(name!, file), BRIGHTER * Number(scene));
  recent.delete(path);
  recent.set(path, known);
  if (recent.size > MOST_RECENT) recent.delete(recent.keys().next().value!);
  return known;
}

/** Pixels are the end of a file: 16 bits each, a quarter as many where they are of 20 m. */
function pixelsAt(name: string, file: Uint8Array): number {
  const fine = ['B02', 'B03', 'B04', 'B08'].some((band) => name.startsWith(`${band}.`));
  return file.length - (SEASON_GRID.columns * SEASON_GRID.rows * 2) / (fine ? 1 : 4);
}

function brightened(file: Uint8Array, from: number, by: number): Uint8Array {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  for (let at = from; at < copy.length; at += 2) view.setUint16(at, view.getUint16(at, true) + by, true);
  return copy;
}

const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const file = fileOf(path);
  if (file === undefined) {
    readFile(join(page, path.slice('/page/'.length))).then(
      (bytes) => {
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, ...ISOLATION }).end(bytes);
      },
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
