import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRange, serveFolder } from '../../../scripts/static-server.mjs';

describe('a Range header', () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-200', { start: 90, end: 99 }],
    ['bytes=10-', { start: 10, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=100-110', 'unsatisfiable'],
    ['bytes=5-2', 'unsatisfiable'],
    ['bytes=0-1,5-6', 'whole'],
    ['bytes=-', 'whole'],
    [undefined, 'whole'],
  ])('%s of 100 bytes', (header, expected) => {
    expect(parseRange(header, 100)).toEqual(expected);
  });
});

describe('the static server', () => {
  const root = mkdtempSync(join(tmpdir(), 'crop2seg-static-'));
  let server: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    writeFileSync(join(root, 'index.html'), '<p>page</p>');
    writeFileSync(join(root, 'data.bin'), Buffer.from([0, 1, 2, 3, 4, 5]));
    server = await serveFolder(root, { base: '/under/a/path/' });
  });
  afterAll(async () => {
    await server.close();
    rmSync(root, { recursive: true });
  });

  it('answers a range with exactly those bytes', async () => {
    const response = await fetch(`${server.url}data.bin`, { headers: { Range: 'bytes=2-4' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 2-4/6');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([2, 3, 4]));
  });

  it('isolates the page, so that WASM gets threads', async () => {
    const response = await fetch(server.url);
    expect(await response.text()).toBe('<p>page</p>');
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it('serves nothing outside its folder or its path', async () => {
    const origin = new URL(server.url).origin;
    expect((await fetch(`${server.url}..%2f..%2fetc/passwd`)).status).toBe(404);
    expect((await fetch(`${origin}/data.bin`)).status).toBe(404);
    expect((await fetch(`${server.url}missing.tif`)).status).toBe(404);
  });
});
