import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAbort } from '../../../src/errors';
import { createHttpTransport } from '../../../src/net';
import { createHeaderCache, openRaster, readRect } from '../../../src/raster';
import { startFaultServer, type Fault, type FaultServer } from '../../support/fault-server';
import { gdalFile, isSame, NEVER, openBytes, padded } from './tiff-bytes';

const GDAL_BYTES = gdalFile('b04-10m.tif');
const FILE = padded(GDAL_BYTES);
const WHOLE = { column: 0, row: 0, columns: 136, rows: 120 };

let server: FaultServer;

beforeEach(async () => {
  server = await startFaultServer({ files: new Map([['/scene/B04.tif', FILE]]) });
});

afterEach(() => server.close());

/** Waits between retries are left out. */
function transport() {
  return createHttpTransport({ clock: { sleep: async () => undefined, random: () => 0 } });
}

async function readWhole(signal = NEVER) {
  const raster = await openRaster(`${server.url}/scene/B04.tif`, transport(), signal);
  return readRect(raster, WHOLE, { signal });
}

function spoil(fault: Fault, times?: number): void {
  server.inject({ path: /B04/, fault, ...(times === undefined ? {} : { times }) });
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );
}

describe('a raster over HTTP', () => {
  it('costs two requests: its header and one wave of tiles', async () => {
    const expected = await readRect(await openBytes(FILE), WHOLE, { signal: NEVER });
    expect(isSame(await readWhole(), expected)).toBe(true);
    const { requests, bytes } = server.traffic();
    expect(requests).toBe(2);
    expect(bytes).toBeLessThan(FILE.length + 16 * 1024);
  });

  it('costs one request where the whole file comes with its header', async () => {
    const small = await startFaultServer({ files: new Map([['/B04.tif', GDAL_BYTES]]) });
    try {
      const raster = await openRaster(`${small.url}/B04.tif`, transport(), NEVER);
      const expected = await readRect(await openBytes(FILE), WHOLE, { signal: NEVER });
      expect(isSame(await readRect(raster, WHOLE, { signal: NEVER }), expected)).toBe(true);
      expect(small.traffic()).toMatchObject({ requests: 1, bytes: GDAL_BYTES.length });
    } finally {
      await small.close();
    }
  });

  it('costs one request more for another window when its header is kept', async () => {
    const [cache, http] = [createHeaderCache(), transport()];
    for (const column of [0, 70]) {
      const raster = await openRaster(`${server.url}/scene/B04.tif`, http, NEVER, cache);
      await readRect(raster, { column, row: 70, columns: 20, rows: 20 }, { signal: NEVER });
    }
    expect(server.traffic().requests).toBe(3);
  });

  it.each<[string, Fault, string]>([
    ['a missing file', { kind: 'status', status: 404 }, 'net/not-found'],
    ['a server that always fails', { kind: 'status', status: 500 }, 'net/status'],
    ['answers that are cut short', { kind: 'truncate', bytes: 100 }, 'net/short-body'],
    ['a header of nonsense', { kind: 'corrupt', offset: 0, length: 4 }, 'raster/corrupt'],
    ['a damaged tile', { kind: 'corrupt', offset: GDAL_BYTES.length - 2000, length: 8 }, 'raster/corrupt-tile'],
  ])('names the trouble with %s', async (_, fault, code) => {
    spoil(fault);
    expect(await errorOf(readWhole())).toMatchObject({ code });
  });

  it('is refused where a server sends a large file whole, before it has arrived', async () => {
    const large = new Uint8Array(1024 * 1024);
    large.set(FILE);
    const ignorant = await startFaultServer({ files: new Map([['/large.tif', large]]) });
    try {
      ignorant.inject({ path: /large/, fault: { kind: 'ignore-range' } });
      const http = transport();
      expect(await errorOf(openRaster(`${ignorant.url}/large.tif`, http, NEVER))).toMatchObject({
        code: 'net/no-ranges',
      });
      expect(http.traffic().bytes).toBe(0);
    } finally {
      await ignorant.close();
    }
  });

  it('outlives a busy moment of the server and a slow answer', async () => {
    spoil({ kind: 'status', status: 503, retryAfter: 1 }, 1);
    spoil({ kind: 'delay', milliseconds: 20 }, 1);
    expect((await readWhole()).length).toBe(136 * 120);
    expect(server.traffic().requests).toBe(3);
  });

  it('can be cancelled while a server is silent', async () => {
    spoil({ kind: 'hang' });
    const controller = new AbortController();
    const work = errorOf(readWhole(controller.signal));
    await expect.poll(() => server.traffic().requests).toBe(1);
    controller.abort();
    expect(isAbort(await work)).toBe(true);
  });
});
