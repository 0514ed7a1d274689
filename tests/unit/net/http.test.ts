import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAbort, isCropError } from '../../../src/errors';
import { absoluteUrl, createHttpTransport, type HttpFetch, type HttpOptions, type Traffic } from '../../../src/net';

const NEVER = new AbortController().signal;
const FILE = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
const BIG = 300 * 1024;

type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

let server: Server | undefined;

/** A server that counts its requests and answers them by `handler`; returns its root address. */
async function serve(handler: Handler): Promise<{ url: string; served: () => number }> {
  let served = 0;
  server = createServer((request, response) => handler(request, response, ++served));
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, served: () => served };
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<unknown>((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  server = undefined;
});

/** Waits are written down, not waited for; the dice always show their lowest side. */
function transportWithoutWaiting(options: HttpOptions = {}) {
  const waits: number[] = [];
  const clock = {
    sleep: async (milliseconds: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      waits.push(milliseconds);
    },
    random: () => 0,
  };
  return { waits, transport: createHttpTransport({ clock, ...options }) };
}

/** What a well-behaved static server does. */
const ranged: Handler = (request, response) => {
  const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined) {
    response.writeHead(200, { 'content-length': FILE.length }).end(FILE);
  } else if (Number(first) >= FILE.length) {
    response.writeHead(416, { 'content-range': `bytes */${FILE.length}` }).end();
  } else {
    const part = FILE.slice(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${FILE.length}`;
    response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part);
  }
};

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );
}

describe('whole bodies', () => {
  it('reads bytes and JSON and counts them', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/file') response.end(FILE);
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":[1,2]}'));
    });
    const seen: Traffic[] = [];
    const transport = createHttpTransport({ onTraffic: (traffic) => seen.push(traffic) });
    expect(await transport.readAll(url, NEVER)).toEqual(FILE);
    expect(await transport.readJson(`${url}.json`, NEVER)).toEqual({ a: [1, 2] });
    expect(transport.traffic()).toEqual({ requests: 2, bytes: 1000 + 11 });
    expect(seen.at(-1)).toEqual({ requests: 2, bytes: 1011 });
  });

  it('names what is not JSON, not there, refused and not an address', async () => {
    const { url, served } = await serve((request, response) => {
      if (request.url === '/file') response.end('<html>');
      else response.writeHead(Number(request.url!.slice(1))).end('no');
    });
    const { transport, waits } = transportWithoutWaiting();
    const root = url.replace('file', '');
    expect(isCropError(await failure(transport.readJson(url, NEVER)), 'net/not-json')).toBe(true);
    expect(isCropError(await failure(transport.readAll(`${root}404`, NEVER)), 'net/not-found')).toBe(true);
    const forbidden = await failure(transport.readAll(`${root}403`, NEVER));
    expect(isCropError(forbidden, 'net/denied') && forbidden.details).toMatchObject({ status: 403, said: ': no' });
    expect(isCropError(await failure(transport.readAll('http://[', NEVER)), 'net/bad-url')).toBe(true);
    expect([served(), waits]).toEqual([3, []]);
  });
});

describe('ranges', () => {
  it('reads parts, shorter at the end of the file, empty past it', async () => {
    const { url, served } = await serve(ranged);
    const transport = createHttpTransport();
    expect(await transport.readRange(url, 100, 50, NEVER)).toEqual(FILE.slice(100, 150));
    expect(await transport.readRange(url, 990, 50, NEVER)).toEqual(FILE.slice(990));
    expect(await transport.readRange(url, 1000, 50, NEVER)).toEqual(new Uint8Array(0));
    expect(await transport.readRange(url, 10, 0, NEVER)).toEqual(new Uint8Array(0));
    expect(transport.traffic()).toEqual({ requests: 3, bytes: 60 });
    expect(served()).toBe(3);
  });

  it('believes Content-Length where Content-Range is hidden, as it is from other origins', async () => {
    const answers = [
      new Response(FILE.slice(990), { status: 206, headers: { 'content-length': '10' } }),
      new Response(FILE.slice(0, 100), { status: 206 }),
    ];
    const { transport } = transportWithoutWaiting({ fetch: async () => answers.shift()! });
    expect(await transport.readRange('http://x.test/f', 990, 50, NEVER)).toHaveLength(10);
    expect(await transport.readRange('http://x.test/f', 0, 100, NEVER)).toHaveLength(100);
  });

  it("leaves parts of files out of the browser's cache, and whole answers to it", async () => {
    const asked: (string | undefined)[] = [];
    const fetch: HttpFetch = async (_, { cache }) => {
      asked.push(cache);
      return new Response('[]', { status: asked.length === 1 ? 206 : 200 });
    };
    const transport = createHttpTransport({ fetch });
    await transport.readRange('http://x.test/f', 0, 2, NEVER);
    await transport.readJson('http://x.test/items', NEVER);
    expect(asked).toEqual(['no-store', undefined]);
  });

  it('cuts the part out of a small file sent whole', async () => {
    const { url } = await serve((_, response) => response.end(FILE));
    const transport = createHttpTransport();
    expect(await transport.readRange(url, 100, 50, NEVER)).toEqual(FILE.slice(100, 150));
    expect(transport.traffic().bytes).toBe(1000);
  });

  it('refuses a big file by its announced length without reading it', async () => {
    const { url, served } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': BIG }).end(new Uint8Array(BIG));
    });
    const { transport } = transportWithoutWaiting();
    expect(isCropError(await failure(transport.readRange(url, 0, 16, NEVER)), 'net/no-ranges')).toBe(true);
    expect(transport.traffic()).toEqual({ requests: 1, bytes: 0 });
    expect(served()).toBe(1);
  });

  it('stops an endless body of unknown length just past the limit', async () => {
    let closed: (() => void) | undefined;
    const hungUp = new Promise<void>((resolve) => (closed = resolve));
    const { url } = await serve((_, response) => {
      const pump = (): void => {
        while (!response.destroyed && response.write(new Uint8Array(16 * 1024)));
      };
      response.on('drain', pump).on('close', () => closed!());
      pump();
    });
    const { transport } = transportWithoutWaiting();
    expect(isCropError(await failure(transport.readRange(url, 0, 16, NEVER)), 'net/no-ranges')).toBe(true);
    await hungUp;
    expect(transport.traffic().bytes).toBeGreaterThan(256 * 1024);
    expect(transport.traffic().bytes).toBeLessThan(512 * 1024);
  });

  it('refuses another part than the one asked for, and more than was asked for', async () => {
    const answers = [
      new Response(FILE.slice(0, 10), { status: 206, headers: { 'content-range': 'bytes 0-9/1000' } }),
      new Response(FILE.slice(0, 20), { status: 206 }),
    ];
    const { transport } = transportWithoutWaiting({ fetch: async () => answers.shift()! });
    expect(isCropError(await failure(transport.readRange('http://x.test/f', 50, 10, NEVER)), 'net/no-ranges')).toBe(
      true,
    );
    expect(isCropError(await failure(transport.readRange('http://x.test/f', 0, 10, NEVER)), 'net/no-ranges')).toBe(
      true,
    );
  });
});

describe('retries', () => {
  it('waits longer each time and succeeds when the server recovers', async () => {
    const { url, served } = await serve((request, response, nth) =>
      nth <= 3 ? response.writeHead([503, 429, 500][nth - 1]!).end() : ranged(request, response, nth),
    );
    const { transport, waits } = transportWithoutWaiting();
    expect(await transport.readRange(url, 0, 10, NEVER)).toEqual(FILE.slice(0, 10));
    expect(waits).toEqual([250, 500, 1000]);
    expect([served(), transport.traffic().requests]).toEqual([4, 4]);
  });

  it('gives up after three retries with the last status', async () => {
    const { url, served } = await serve((_, response) => response.writeHead(502).end());
    const { transport } = transportWithoutWaiting();
    const error = await failure(transport.readAll(url, NEVER));
    expect(isCropError(error, 'net/status') && error.message).toContain('502');
    expect(served()).toBe(4);
  });

  it('waits as long as the server asks, but not for ever', async () => {
    const { url, served } = await serve((_, response, nth) =>
      nth === 2 ? response.end('ok') : response.writeHead(503, { 'retry-after': nth === 1 ? '7' : '3600' }).end(),
    );
    const { transport, waits } = transportWithoutWaiting();
    expect(await transport.readAll(url, NEVER)).toHaveLength(2);
    expect(waits).toEqual([7000]);
    expect(isCropError(await failure(transport.readAll(url, NEVER)), 'net/status')).toBe(true);
    expect(served()).toBe(3);
  });

  it('reads Retry-After as a date', async () => {
    const soon = new Date(Date.now() + 20_000).toUTCString();
    const answers = [new Response(null, { status: 429, headers: { 'retry-after': soon } }), new Response('ok')];
    const { transport, waits } = transportWithoutWaiting({ fetch: async () => answers.shift()! });
    await transport.readAll('http://x.test/f', NEVER);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(0);
    expect(waits[0]).toBeLessThanOrEqual(20_000);
  });

  it('retries a body that breaks off, then names it', async () => {
    const { url, served } = await serve((_, response) => {
      response.writeHead(206, { 'content-length': 100, 'content-range': 'bytes 0-99/1000' });
      response.write(FILE.slice(0, 40), () => response.destroy());
    });
    const { transport } = transportWithoutWaiting();
    const error = await failure(transport.readRange(url, 0, 100, NEVER));
    expect(isCropError(error, 'net/short-body') && error.details).toMatchObject({ expected: 100 });
    expect(served()).toBe(4);
  });

  it('retries a part that is whole but too short', async () => {
    const { url, served } = await serve((request, response, nth) => {
      if (nth > 1) return ranged(request, response, nth);
      response.writeHead(206, { 'content-range': 'bytes 0-39/1000', 'content-length': 40 }).end(FILE.slice(0, 40));
    });
    const { transport } = transportWithoutWaiting();
    expect(await transport.readRange(url, 0, 100, NEVER)).toEqual(FILE.slice(0, 100));
    expect(served()).toBe(2);
  });

  it('retries a host that does not answer, then names it', async () => {
    let calls = 0;
    const { transport } = transportWithoutWaiting({
      fetch: async () => {
        calls += 1;
        throw new TypeError('Failed to fetch');
      },
    });
    const error = await failure(transport.readAll('https://nowhere.test/f', NEVER));
    expect(isCropError(error, 'net/unreachable') && error.message).toBe('No answer from nowhere.test.');
    expect(calls).toBe(4);
  });
});

describe('silence', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('of half a minute ends an attempt, data in between starts the time again', async () => {
    vi.useFakeTimers();
    let attempts = 0;
    const { transport } = transportWithoutWaiting({
      // Each attempt answers at once, sends a byte every 20 s for a minute, and then falls silent.
      fetch: async (_, init) => {
        attempts += 1;
        let sent = 0;
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            const beat = setInterval(() => {
              controller.enqueue(Uint8Array.of(++sent));
              if (sent === 3) clearInterval(beat);
            }, 20_000);
            init!.signal!.addEventListener('abort', () => controller.error(init!.signal!.reason));
          },
        });
        return new Response(body);
      },
    });
    const work = failure(transport.readAll('http://x.test/f', NEVER));
    await vi.advanceTimersByTimeAsync(89_000);
    expect(attempts).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(attempts).toBe(2);
    await vi.advanceTimersByTimeAsync(3 * 90_000);
    const error = await work;
    expect(isCropError(error, 'net/short-body') && error.details['got']).toBe(3);
    expect(attempts).toBe(4);
  });
});

describe('requests at once', () => {
  it('never has more than the limit running on one host, and serves all', async () => {
    let running = 0;
    let most = 0;
    const { url, served } = await serve((request, response, nth) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running -= 1;
        ranged(request, response, nth);
      }, 5);
    });
    const transport = createHttpTransport({ maxPerHost: 3 });
    const parts = await Promise.all(Array.from({ length: 10 }, (_, at) => transport.readRange(url, at, 1, NEVER)));
    expect(parts.map((part) => part[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([most, served()]).toEqual([3, 10]);
  });

  it('limits each host on its own', async () => {
    const started: string[] = [];
    const controller = new AbortController();
    const transport = createHttpTransport({
      maxPerHost: 1,
      fetch: (input, init) => {
        started.push(String(input));
        return new Promise((_, reject) => init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason)));
      },
    });
    const works = ['http://a.test/1', 'http://a.test/2', 'http://b.test/1'].map((url) =>
      failure(transport.readAll(url, controller.signal)),
    );
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(started).toEqual(['http://a.test/1', 'http://b.test/1']);
    controller.abort();
    expect((await Promise.all(works)).every(isAbort)).toBe(true);
    expect(started).toHaveLength(2);
  });

  it('gives the place of a cancelled request to the next one', async () => {
    const { url } = await serve((request, response) => {
      if (request.url !== '/file?hang') response.end('ok');
    });
    const transport = createHttpTransport({ maxPerHost: 1 });
    const first = new AbortController();
    const queued = new AbortController();
    const hanging = failure(transport.readAll(`${url}?hang`, first.signal));
    const waiting = failure(transport.readAll(url, queued.signal));
    const last = transport.readAll(url, NEVER);
    queued.abort();
    expect(isAbort(await waiting)).toBe(true);
    first.abort();
    expect(isAbort(await hanging)).toBe(true);
    expect(await last).toHaveLength(2);
  });
});

describe('cancelling', () => {
  it('makes no request when cancelled before', async () => {
    const { url, served } = await serve((_, response) => response.end());
    const transport = createHttpTransport();
    expect(isAbort(await failure(transport.readAll(url, AbortSignal.abort())))).toBe(true);
    expect(served()).toBe(0);
  });

  it('ends the wait before a retry', async () => {
    const { url, served } = await serve((_, response) => response.writeHead(503, { 'retry-after': '25' }).end());
    const controller = new AbortController();
    const transport = createHttpTransport();
    const work = failure(transport.readAll(url, controller.signal));
    while (transport.traffic().requests === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort();
    expect(isAbort(await work)).toBe(true);
    expect(served()).toBeLessThanOrEqual(1);
  });

  it('hands over the reason it was given', async () => {
    const reason = new DOMException('The person chose another place', 'AbortError');
    const error = await failure(createHttpTransport().readAll('http://x.test/', AbortSignal.abort(reason)));
    expect(error).toBe(reason);
  });
});

describe('addresses', () => {
  it('resolves against http and file bases', () => {
    expect(absoluteUrl('./a/B02.tif', 'https://x.test/cat/items.json')).toBe('https://x.test/cat/a/B02.tif');
    expect(absoluteUrl('../B02.tif', 'file:///data/cat/items.json')).toBe('file:///data/B02.tif');
    expect(absoluteUrl('https://y.test/b', 'https://x.test/')).toBe('https://y.test/b');
  });
});

describe('the queue of a host', () => {
  /** One request at a time, each answered only when told to; tells the order in which they arrive. */
  async function slowServer() {
    const arrived: string[] = [];
    const release: (() => void)[] = [];
    const { url } = await serve((request, response) => {
      arrived.push(request.url ?? '');
      release.push(() => response.end('x'));
    });
    const root = new URL(url).origin;
    const { transport } = transportWithoutWaiting({ maxPerHost: 1 });
    const read = (name: string, signal = NEVER) => transport.readAll(`${root}${name}`, signal);
    async function next(count: number): Promise<void> {
      await expect.poll(() => arrived.length).toBe(count);
      release[count - 1]!();
    }
    return { root, arrived, transport, read, next };
  }

  it('goes by rank, then by arrival, whatever token is appended', async () => {
    const { root, arrived, transport, read, next } = await slowServer();
    transport.rank?.([`${root}/late`], 2);
    transport.rank?.([`${root}/soon`], 1);
    const work = Promise.all(
      ['/first', '/late?token=1', '/soon?token=2', '/other', '/other2'].map((name) => read(name)),
    );
    for (let count = 1; count <= 5; count++) await next(count);
    await work;
    expect(arrived).toEqual(['/first', '/other', '/other2', '/soon?token=2', '/late?token=1']);
  });

  it('can be put in another order while it waits, and forgets a rank', async () => {
    const { root, arrived, transport, read, next } = await slowServer();
    transport.rank?.([`${root}/a`, `${root}/b`], 1);
    const work = Promise.all(['/first', '/a', '/b', '/c'].map((name) => read(name)));
    await expect.poll(() => arrived.length).toBe(1);
    transport.rank?.([`${root}/b`], null);
    transport.rank?.([`${root}/c`], 3);
    for (let count = 1; count <= 4; count++) await next(count);
    await work;
    expect(arrived).toEqual(['/first', '/b', '/a', '/c']);
  });

  it('lets one that was cancelled out, wherever it stood', async () => {
    const { root, arrived, transport, read, next } = await slowServer();
    transport.rank?.([`${root}/gone`], -1);
    const controller = new AbortController();
    const first = read('/first');
    const gone = failure(read('/gone', controller.signal));
    const last = read('/last');
    await expect.poll(() => arrived.length).toBe(1);
    controller.abort();
    expect(isAbort(await gone)).toBe(true);
    await next(1);
    await next(2);
    await Promise.all([first, last]);
    expect(arrived).toEqual(['/first', '/last']);
  });
});
