import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheOf } from '../../../cli/cache';
import { openCacheFolder } from '../../../cli/cache-folder';
import { isAbort, isCropError } from '../../../src/errors';
import { type Cache, createCache } from '../../../src/store';
import { search } from '../../../cli/search';
import { startFaultServer } from '../../support/fault-server';
import { bufferTerminal, commandContext, rejection } from './support';

const forever = new AbortController().signal;
const BYTES = Uint8Array.from({ length: 300 }, (_, at) => at & 255);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crop2seg-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that opens the folder anew. */
async function open(budget = 1e6): Promise<Cache> {
  return createCache(await openCacheFolder(folder), { budget: async () => budget });
}

async function fill(...keys: string[]): Promise<void> {
  const cache = await open();
  for (const key of keys) await cache.put(key, 'tiles', BYTES, forever);
  await cache.settled();
}

describe('a cache in a folder', () => {
  it('is there for the next process, key by key', async () => {
    await fill('range|https://a.test/x.tif|1-2', 'b');
    const cache = await open();
    expect((await cache.get('b', forever))!.bytes).toEqual(BYTES);
    expect((await cache.list('range|', forever)).map(({ key }) => key)).toEqual(['range|https://a.test/x.tif|1-2']);
    expect((await cache.sizes()).get('tiles')).toMatchObject({ items: 2 });
    await cache.clear(['tiles']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('drops at opening what a crash has left, but not what another process is writing', async () => {
    await fill('whole', 'cut');
    const [first, second] = readdirSync(folder).map((name) => join(folder, name));
    writeFileSync(second!, readFileSync(second!).subarray(0, 100));
    writeFileSync(join(folder, 'old.part'), 'x');
    utimesSync(join(folder, 'old.part'), 1, 1);
    writeFileSync(join(folder, 'young.part'), 'x');
    writeFileSync(join(folder, 'stranger.c2s'), 'not a record');
    const store = await openCacheFolder(folder);
    expect(await store.list()).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual([first!.slice(folder.length + 1), 'young.part'].sort());
  });

  it('takes a record damaged since for absent', async () => {
    await fill('a');
    const path = join(folder, readdirSync(folder)[0]!);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    const cache = await open();
    expect(await cache.get('a', forever)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('survives that another process removes a record', async () => {
    await fill('a');
    const cache = await open();
    rmSync(join(folder, readdirSync(folder)[0]!));
    expect(await cache.get('a', forever)).toBeNull();
    expect(await cache.list('', forever)).toEqual([]);
    expect(cache.notices()).toEqual([]);
  });

  it('leaves nothing of an aborted write', async () => {
    const store = await openCacheFolder(folder);
    const entry = { key: 'a', kind: 'tiles', bytes: 300, lastUse: 1 } as const;
    await expect(store.put(entry, BYTES, AbortSignal.abort())).rejects.toSatisfy(isAbort);
    expect(readdirSync(folder)).toEqual([]);
    expect(await store.list()).toEqual([]);
  });

  it('keeps the order of use from process to process', async () => {
    await fill('a', 'b', 'c');
    const store = await openCacheFolder(folder);
    for (const [key, time] of [
      ['a', 3000],
      ['b', 1000],
      ['c', 2000],
    ] as const)
      await store.touch(key, time);
    const cache = await open(800);
    await cache.trim();
    expect((await cache.list('', forever)).map(({ key }) => key)).toEqual(['a', 'c']);
  });
});

describe('--cache', () => {
  it('opens a folder that is made, and nothing where it is not given', async () => {
    expect(await cacheOf(new Map(), folder)).toBeNull();
    const cache = await cacheOf(new Map([['cache', 'deep/er']]), folder);
    expect(await cache!.persistent()).toBe(true);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['er']);
  });

  it('lets a second search ask nobody, and one without a server answer from what it knows', async () => {
    const item = {
      type: 'Feature',
      id: 'S2A_33UVR_20190501_0_L2A',
      properties: { datetime: '2019-05-01T10:00:00Z', 'grid:code': 'MGRS-33UVR', 'proj:epsg': 32633 },
      assets: { scl: { href: 'SCL.tif' } },
    };
    const files = new Map([['/items.json', JSON.stringify({ type: 'FeatureCollection', features: [item] })]]);
    const server = await startFaultServer({ files });
    const values = new Map(Object.entries({ catalog: server.url, cell: '355', season: '2019', cache: 'kept' }));
    const answer = async (): Promise<string> => {
      const terminal = bufferTerminal({ workingFolder: folder });
      await search(values, { ...commandContext(terminal), json: true });
      return terminal.stdout();
    };
    const first = await answer();
    expect(first).toContain(item.id);
    const { requests } = server.traffic();
    expect(requests).toBeGreaterThan(0);
    expect(await answer()).toBe(first);
    expect(server.traffic().requests).toBe(requests);
    await server.close();
    expect(await answer()).toBe(first);
  });

  it('says what is wrong with a folder or a size', async () => {
    writeFileSync(join(folder, 'file'), '');
    const notFolder = await rejection(() => cacheOf(new Map([['cache', 'file']]), folder));
    expect(isCropError(notFolder, 'cli/no-cache-folder')).toBe(true);
    const badSize = await rejection(() =>
      cacheOf(
        new Map([
          ['cache', 'c'],
          ['cache-size', '0.5'],
        ]),
        folder,
      ),
    );
    expect(isCropError(badSize, 'cli/usage-bad-value')).toBe(true);
  });
});
