import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCropError } from '../../../src/errors';
import { createHttpTransport, type HttpOptions } from '../../../src/net';
import { type FaultServer, startFaultServer } from '../../support/fault-server';

const NEVER = new AbortController().signal;
// A hundred requests wait on it at once.
setMaxListeners(0, NEVER);
const FILE = new Uint8Array(1000).fill(7);

/** Retries that a transport has when it begins, and what it takes to give up one file. */
const BUDGET = 40;
const ATTEMPTS = 4;

let server: FaultServer;

beforeEach(async () => {
  server = await startFaultServer({ files: new Map([['/file', FILE]]) });
});

afterEach(() => server.close());

function transport(options: HttpOptions = {}) {
  return createHttpTransport({ clock: { sleep: async () => undefined, random: () => 0 }, ...options });
}

const read = (http: ReturnType<typeof transport>, start = 0) => http.readRange(`${server.url}/file`, start, 10, NEVER);

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => expect.fail('expected a rejection'),
    (reason: unknown) => reason,
  );
  return isCropError(error) ? error.code : String(error);
}

describe('a transport never storms', () => {
  it('a server that is down: a hundred reads cost their first attempts and one budget of retries', async () => {
    server.inject({ path: /file/, fault: { kind: 'status', status: 503 } });
    const http = transport();
    for (let nth = 0; nth < 100; nth++) expect(await codeOf(read(http))).toBe('net/status');
    expect(server.traffic().requests).toBeGreaterThanOrEqual(100 + BUDGET);
    // A retry or two may have been earned by the time that the test took.
    expect(server.traffic().requests).toBeLessThan(100 + BUDGET + 10);
  });

  it('all at once, the same', async () => {
    server.inject({ path: /file/, fault: { kind: 'truncate', bytes: 3 } });
    const http = transport();
    const codes = await Promise.all(Array.from({ length: 100 }, () => codeOf(read(http))));
    expect(new Set(codes)).toEqual(new Set(['net/short-body']));
    expect(server.traffic().requests).toBeLessThan(100 + BUDGET + 10);
  });

  it('a server with hiccups is waited for all the way: successes earn retries', async () => {
    const http = transport();
    for (let nth = 0; nth < 600; nth++) {
      if (nth % 10 === 0) server.inject({ path: /file/, fault: { kind: 'status', status: 500 }, times: 1 });
      expect(await read(http)).toHaveLength(10);
    }
    expect(server.traffic().requests).toBe(660);
  });

  it('a spent budget leaves single attempts, which still succeed', async () => {
    const stop = server.inject({ path: /file/, fault: { kind: 'status', status: 503 } });
    const http = transport();
    for (let nth = 0; nth < BUDGET / (ATTEMPTS - 1) + 2; nth++) await codeOf(read(http));
    stop();
    expect(await read(http)).toHaveLength(10);
  });

  it('a silent server is left after the time given, four times', async () => {
    server.inject({ path: /file/, fault: { kind: 'hang' } });
    expect(await codeOf(read(transport({ silenceMs: 60 })))).toBe('net/unreachable');
    expect(server.traffic().requests).toBe(ATTEMPTS);
  });
});

describe('a file that is another one', () => {
  const version = (etag: string): void => void server.inject({ path: /file/, fault: { kind: 'etag', etag }, times: 1 });

  it('is noticed between two parts, once; then the new one is read', async () => {
    const http = transport();
    for (const etag of ['"a"', '"a"', '"b"', '"b"']) version(etag);
    await read(http);
    await read(http, 10);
    expect(await codeOf(read(http, 20))).toBe('net/file-changed');
    expect(await read(http, 20)).toHaveLength(10);
    expect(server.traffic().requests).toBe(4);
  });

  it('is not suspected by weak tags, or by answers that name no version', async () => {
    const http = transport();
    version('W/"a"');
    version('W/"b"');
    version('"c"');
    for (const start of [0, 10, 20, 30]) expect(await read(http, start)).toHaveLength(10);
    version('"d"');
    expect(await codeOf(read(http, 40))).toBe('net/file-changed');
  });

  it('is known by its date where tags are hidden', async () => {
    const answers = ['Sat, 01 Jun 2019 10:00:00 GMT', 'Sun, 02 Jun 2019 10:00:00 GMT'].map(
      (date) => new Response(FILE.slice(0, 10), { status: 206, headers: { 'last-modified': date } }),
    );
    const http = transport({ fetch: async () => answers.shift()! });
    await http.readRange('http://x.test/f', 0, 10, NEVER);
    expect(await codeOf(http.readRange('http://x.test/f', 10, 10, NEVER))).toBe('net/file-changed');
  });
});

describe('a body without end', () => {
  it('is left at the limit', async () => {
    server.inject({ path: /file/, fault: { kind: 'endless' } });
    const http = transport({ maxBodyBytes: 500_000 });
    expect(await codeOf(http.readAll(`${server.url}/file`, NEVER))).toBe('net/too-large');
    expect(http.traffic().bytes).toBeLessThan(1_000_000);
    expect(server.traffic().requests).toBe(1);
  });
});
