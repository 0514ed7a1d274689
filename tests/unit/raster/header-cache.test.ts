import { describe, expect, it } from 'vitest';
import { isAbort } from '../../../src/errors';
import { createHeaderCache, openRaster } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { gdalFile, NEVER } from './tiff-bytes';

const FILE = gdalFile('plain-20m.tif');

function threeFiles() {
  return memoryTransport(new Map(['a', 'b', 'c'].map((url) => [url, FILE])));
}

describe('createHeaderCache', () => {
  it('lets callers at the same time share one request, and later ones use the answer', async () => {
    const transport = threeFiles();
    const cache = createHeaderCache();
    const opened = await Promise.all(Array.from({ length: 5 }, () => openRaster('a', transport, NEVER, cache)));
    opened.push(await openRaster('a', transport, NEVER, cache));
    expect(new Set(opened.map(({ info }) => info)).size).toBe(1);
    expect(transport.log.length).toBe(1);
  });

  it('forgets a failure, so that the next call tries again', async () => {
    const files = new Map<string, Uint8Array>();
    const transport = memoryTransport(files);
    const cache = createHeaderCache();
    await expect(openRaster('late', transport, NEVER, cache)).rejects.toHaveProperty('code', 'net/not-found');
    files.set('late', FILE);
    expect((await openRaster('late', transport, NEVER, cache)).info.columns).toBe(70);
    expect(transport.log.length).toBe(2);
  });

  it('drops the header used longest ago when it is full', async () => {
    const transport = threeFiles();
    const cache = createHeaderCache(2);
    for (const url of ['a', 'b', 'a', 'c', 'a', 'b']) await openRaster(url, transport, NEVER, cache);
    expect(transport.log.map(({ url }) => url)).toEqual(['a', 'b', 'c', 'b']);
  });

  it('goes on for the others when one caller leaves, and stops when all have left', async () => {
    const transport = threeFiles();
    const signals: AbortSignal[] = [];
    const release: (() => void)[] = [];
    const slow = {
      ...transport,
      async readRange(url: string, start: number, length: number, signal: AbortSignal) {
        signals.push(signal);
        await new Promise<void>((resolve) => release.push(resolve));
        return transport.readRange(url, start, length, signal);
      },
    };
    const cache = createHeaderCache();
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
    const leaving = openRaster('a', slow, first.signal, cache);
    const staying = openRaster('a', slow, second.signal, cache);
    first.abort();
    expect(isAbort(await leaving.catch((error: unknown) => error))).toBe(true);
    expect(signals[0]?.aborted).toBe(false);
    release[0]?.();
    expect((await staying).info.rows).toBe(50);

    const alone = openRaster('b', slow, third.signal, cache);
    third.abort();
    await expect(alone).rejects.toHaveProperty('name', 'AbortError');
    expect(signals[1]?.aborted).toBe(true);
    const again = openRaster('b', slow, NEVER, cache);
    release[2]?.();
    expect((await again).info.rows).toBe(50);
  });
});
