import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { rangeFetch } from '../../../cli/range-fetch';
import { type CropError, isCropError } from '../../../src/errors';
import { createHttpTransport } from '../../../src/net';

const NEVER = new AbortController().signal;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failure(work: Promise<unknown>): Promise<CropError> {
  const error = await work.then(
    () => expect.fail('expected a rejection'),
    (thrown: unknown) => thrown,
  );
  if (!isCropError(error)) throw error;
  return error;
}

describe('a refusal', () => {
  it.each([
    [400, 'net/refused'],
    [405, 'net/refused'],
    [413, 'net/refused'],
    [422, 'net/refused'],
    [501, 'net/refused'],
    [401, 'net/denied'],
    [403, 'net/denied'],
    [404, 'net/not-found'],
  ])('with %d is not asked again and is %s', async (status, code) => {
    let served = 0;
    const root = await serve((_, response) => {
      served += 1;
      response.writeHead(status).end();
    });
    const error = await failure(createHttpTransport().readJson(root, NEVER));
    expect([error.code, served]).toEqual([code, 1]);
    expect(error.nextStep).not.toMatch(/wait/i);
  });

  it.each([
    ['{"code":"BadRequest","description":"unknown parameter fields"}', ': unknown parameter fields'],
    [
      '{"detail":[{"loc":["query","limit"],"msg":"too large"},{"loc":["query","x"],"msg":"extra"}]}',
      ': limit: too large; x: extra',
    ],
    ['{"error":{"message":"No."}}', ': No'],
    ['<?xml version="1.0"?><Error><Code>X</Code><Message>Access Denied</Message></Error>', ': Access Denied'],
    ['<html><head><title>Bad gateway</title></head><body>no</body></html>', ': Bad gateway'],
    ['plain\u001b[31m\n words', ': plain [31m words'],
    ['', ''],
    ['{}', ''],
  ])('tells what the server says: %s', async (body, said) => {
    const root = await serve((_, response) => response.writeHead(400).end(body));
    const error = await failure(createHttpTransport().readJson(root, NEVER));
    expect(error.details['said']).toBe(said);
    expect(error.message).toBe(`The server refused the request for ${root} (400)${said}.`);
  });

  it('tells no more than a line of it, reads no more than it needs, and shows no key', async () => {
    const root = await serve((request, response) => {
      response.writeHead(403);
      if (request.url!.startsWith('/long')) response.end('word '.repeat(2_000_000));
      else response.end(`{"message":"key TOPSECRET of ${root}${request.url!} is not good for sentinel-2-l2a"}`);
    });
    const transport = createHttpTransport();
    const long = await failure(transport.readJson(`${root}/long`, NEVER));
    expect(String(long.details['said']).length).toBeLessThan(220);
    const keyed = await failure(transport.readJson(`${root}/a?key=TOPSECRET&collections=sentinel-2-l2a`, NEVER));
    expect(keyed.message).toContain('is not good for sentinel-2-l2a');
    expect(keyed.message).not.toContain('TOPSECRET');
  });
});

describe('a question by POST', () => {
  it('sends JSON with the headers asked for', async () => {
    const seen: unknown[] = [];
    const root = await serve((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { 'content-type': type, 'x-page': page } = request.headers;
        seen.push([request.method, type, page, JSON.parse(Buffer.concat(pieces).toString())]);
        response.end('{"type":"FeatureCollection"}');
      });
    });
    const posted = { body: { limit: 10 }, headers: { 'X-Page': '2' } };
    expect(await createHttpTransport().readJson(root, NEVER, posted)).toEqual({ type: 'FeatureCollection' });
    expect(seen).toEqual([['POST', 'application/json', '2', { limit: 10 }]]);
  });
});

describe('a name and a password in an address', () => {
  it.each([
    ['the platform', undefined],
    ['parts of files', rangeFetch],
  ])('are sent as a login by the fetch of %s, and not to another server', async (_, fetch) => {
    const elsewhere: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      elsewhere.push(request.headers.authorization);
      response.writeHead(206, { 'content-range': 'bytes 0-1/2' }).end('ok');
    });
    const root = await serve((request, response) => {
      if (request.headers.authorization !== `Basic ${btoa('me:p@ss')}`) response.writeHead(401).end();
      else response.writeHead(302, { location: `${other}/file` }).end();
    });
    const transport = createHttpTransport(fetch === undefined ? {} : { fetch });
    const address = root.replace('http://', 'http://me:p%40ss@');
    expect(await transport.readRange(`${address}/file`, 0, 2, NEVER)).toHaveLength(2);
    expect(elsewhere).toEqual([undefined]);
  });
});
