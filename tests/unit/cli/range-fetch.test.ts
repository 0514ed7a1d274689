import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { rangeFetch } from '../../../cli/range-fetch';
import { isAbort } from '../../../src/errors';
import { createHttpTransport } from '../../../src/net';
import { rejection } from './support';

const FILE = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
const NEVER = new AbortController().signal;

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<unknown>((closed) => (server === undefined ? closed(null) : server.close(closed)));
});

/** Waits between retries are left out. */
function transport() {
  return createHttpTransport({ fetch: rangeFetch, clock: { sleep: async () => undefined, random: () => 0 } });
}

const ranged: RequestListener = (request, response) => {
  const [, first = '0', last = ''] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
  const part = FILE.subarray(Number(first), Number(last) + 1);
  const range = `bytes ${first}-${Number(first) + part.length - 1}/${FILE.length}`;
  response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part);
};

describe('rangeFetch', () => {
  it('brings parts of a file, one connection after another', async () => {
    const url = await serve(ranged);
    const http = transport();
    for (const [start, length] of [
      [0, 16_384],
      [100_000, 200_000],
    ] as const) {
      const part = await http.readRange(`${url}/a.tif`, start, length, NEVER);
      expect(Buffer.from(part).equals(FILE.subarray(start, start + length))).toBe(true);
    }
    expect(http.traffic()).toEqual({ requests: 2, bytes: 216_384 });
  });

  it('leaves whole bodies, which may be compressed, to the platform', async () => {
    const asked: unknown[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers['accept-encoding']);
      response.end('{"answer": 42}');
    });
    expect(await transport().readJson(`${url}/items.json`, NEVER)).toEqual({ answer: 42 });
    expect(asked).toEqual([expect.stringContaining('gzip')]);
  });

  it('follows a redirect with the same range, and not a circle of them', async () => {
    const url = await serve((request, response) => {
      const moved = request.url === '/old.tif' ? '/new.tif' : request.url === '/circle.tif' ? '/circle.tif' : null;
      if (moved === null) ranged(request, response);
      else response.writeHead(302, { location: moved }).end();
    });
    expect([...(await transport().readRange(`${url}/old.tif`, 5, 3, NEVER))]).toEqual([5, 6, 7]);
    const failure = await rejection(() => transport().readRange(`${url}/circle.tif`, 0, 3, NEVER));
    expect(failure).toMatchObject({ code: 'net/unreachable' });
  });

  it('tells a body that breaks off from one that ends', async () => {
    const url = await serve((_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-999/300000', 'content-length': 1000 });
      response.write(FILE.subarray(0, 10), () => response.destroy());
    });
    expect(await rejection(() => transport().readRange(`${url}/a.tif`, 0, 1000, NEVER))).toMatchObject({
      code: 'net/short-body',
    });
  });

  it('stops when cancelled, before an answer and in the middle of one', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/silent.tif') return;
      response.writeHead(206, { 'content-range': 'bytes 0-999/300000', 'content-length': 1000 });
      response.write(FILE.subarray(0, 10));
    });
    for (const file of ['silent.tif', 'slow.tif']) {
      const controller = new AbortController();
      const work = rejection(() => transport().readRange(`${url}/${file}`, 0, 1000, controller.signal));
      setTimeout(() => controller.abort(), 30);
      expect(isAbort(await work)).toBe(true);
    }
  });
});
