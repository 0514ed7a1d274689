import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isCropError } from '../../../src/errors';
import { openShelf, SHELF_LIMIT } from '../../../src/store';

interface Item {
  readonly values: Uint8Array;
}

const about = (created: string): { title: string; season: number; created: string; bytes: number } => ({
  title: 'Cell 355',
  season: 2019,
  created,
  bytes: 3,
});
const item: Item = { values: new Uint8Array([1, 2, 3]) };

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ['IndexedDB', true],
  ['memory', false],
])('a shelf in %s', (_, persistent) => {
  async function open(): Promise<Awaited<ReturnType<typeof openShelf<Item>>>> {
    if (!persistent) vi.stubGlobal('indexedDB', undefined);
    return openShelf<Item>(`shelf-${crypto.randomUUID()}`);
  }

  it('gives back what was saved, byte for byte', async () => {
    const shelf = await open();
    expect(shelf.persistent).toBe(persistent);
    const id = await shelf.save(item, about('2026-01-01T00:00:00Z'));
    expect((await shelf.load(id)).values).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('lists the newest first and forgets what is removed', async () => {
    const shelf = await open();
    const first = await shelf.save(item, about('2026-01-01T00:00:00Z'));
    const second = await shelf.save(item, about('2026-01-02T00:00:00Z'));
    expect((await shelf.list()).map(({ id }) => id)).toEqual([second, first]);
    await shelf.remove(second);
    expect((await shelf.list()).map(({ id }) => id)).toEqual([first]);
    await expect(shelf.load(second)).rejects.toSatisfy((error) => isCropError(error, 'store/missing'));
  });

  it('drops the oldest past the limit, summary and item alike', async () => {
    const shelf = await open();
    const ids: string[] = [];
    for (let day = 0; day <= SHELF_LIMIT; day++) {
      ids.push(await shelf.save(item, about(new Date(Date.UTC(2026, 0, day + 1)).toISOString())));
    }
    expect((await shelf.list()).map(({ id }) => id)).toEqual(ids.slice(1).reverse());
    await expect(shelf.load(ids[0]!)).rejects.toSatisfy((error) => isCropError(error, 'store/missing'));
  });
});

describe('a shelf that cannot write', () => {
  it('names the size and keeps what was there', async () => {
    const shelf = await openShelf<unknown>(`shelf-${crypto.randomUUID()}`);
    const kept = await shelf.save({ ok: true }, about('2026-01-01T00:00:00Z'));
    const unclonable = { run: () => 1 };
    await expect(shelf.save(unclonable, about('2026-01-02T00:00:00Z'))).rejects.toSatisfy((error) =>
      isCropError(error, 'store/not-saved'),
    );
    expect((await shelf.list()).map(({ id }) => id)).toEqual([kept]);
    expect(await shelf.load(kept)).toEqual({ ok: true });
  });

  it('survives a second opening of the same name', async () => {
    const name = `shelf-${crypto.randomUUID()}`;
    const id = await (await openShelf<Item>(name)).save(item, about('2026-01-01T00:00:00Z'));
    expect((await (await openShelf<Item>(name)).load(id)).values).toEqual(item.values);
  });
});
