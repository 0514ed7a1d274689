import { afterEach, describe, expect, it } from 'vitest';
import { type FaultServer, type FaultServerOptions, startFaultServer } from '../../support/fault-server';

const FILE = Uint8Array.from({ length: 100 }, (_, at) => at);

let server: FaultServer;

async function start(options: Partial<FaultServerOptions> = {}): Promise<FaultServer> {
  server = await startFaultServer({ files: new Map([['/a/file.tif', FILE]]), ...options });
  return server;
}

afterEach(() => server.close());

async function get(path: string, range?: string) {
  const response = await fetch(server.url + path, range === undefined ? {} : { headers: { range } });
  return { status: response.status, headers: response.headers, body: new Uint8Array(await response.arrayBuffer()) };
}

describe('the fault server', () => {
  it('serves parts as S3 does: clipped at the end, 416 past it', async () => {
    await start();
    const part = await get('/a/file.tif', 'bytes=90-199');
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 90-99/100']);
    expect([...part.body]).toEqual([...FILE.slice(90)]);
    expect((await get('/a/file.tif', 'bytes=100-199')).status).toBe(416);
    expect((await get('/a/file.tif')).body.length).toBe(100);
    expect(server.traffic()).toMatchObject({ requests: 3, bytes: 110 });
  });

  it('serves a folder and nothing outside it', async () => {
    await start({ files: import.meta.dirname });
    expect(new TextDecoder().decode((await get('/fault-server.test.ts')).body)).toContain('serves a folder');
    expect((await get('/..%2f..%2f..%2fpackage.json')).status).toBe(404);
    expect((await get('/absent')).status).toBe(404);
  });

  it('allows other origins and isolates pages when told to', async () => {
    await start({ isolated: true });
    expect((await get('/a/file.tif')).headers.get('access-control-allow-origin')).toBe('*');
    expect((await get('/a/file.tif')).headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    await server.close();
    await start({ cors: false });
    expect((await get('/a/file.tif')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('spoils as many requests as a rule says, on its paths only, until it is taken back', async () => {
    await start();
    const takeBack = server.inject({ path: /file/, fault: { kind: 'status', status: 503, retryAfter: 2 }, times: 1 });
    expect((await get('/absent')).status).toBe(404);
    const refused = await get('/a/file.tif');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await get('/a/file.tif')).status).toBe(200);
    takeBack();
    const whole = server.inject({ path: /file/, fault: { kind: 'ignore-range' } });
    expect((await get('/a/file.tif', 'bytes=0-9')).status).toBe(200);
    whole();
    server.inject({ path: /file/, fault: { kind: 'corrupt', offset: 5, length: 2 } });
    expect([...(await get('/a/file.tif', 'bytes=4-7')).body]).toEqual([4, 250, 249, 7]);
    server.reset();
    server.inject({ path: /file/, fault: { kind: 'truncate', bytes: 10 } });
    await expect(get('/a/file.tif')).rejects.toThrow();
    expect(server.traffic()).toMatchObject({ requests: 1, bytes: 10 });
  });
});
