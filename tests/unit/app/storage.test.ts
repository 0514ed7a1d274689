import { describe, expect, it, vi } from 'vitest';
import { StorageState } from '../../../src/app/state/storage.svelte';
import { CropError } from '../../../src/errors';
import type { Caches, KeptKind } from '../../../src/job';

/** A store room in memory, with what was asked of it. */
function cachesOf(kept: Partial<Record<KeptKind, number>>) {
  const bytes = new Map(Object.entries(kept) as [KeptKind, number][]);
  const kinds: readonly KeptKind[] = ['tiles', 'dates', 'maps'];
  let asked = 3e9;
  const caches: Caches = {
    listCaches: async () =>
      kinds.map((kind) => ({ kind, title: kind, bytes: bytes.get(kind) ?? 0, items: bytes.has(kind) ? 2 : 0 })),
    clearCaches: vi.fn(async (gone: readonly KeptKind[]) => gone.forEach((kind) => bytes.delete(kind))),
    budget: async () => ({ asked, counted: Math.min(asked, 2e9), least: 1e8, quota: { granted: 4e9, used: 1e6 } }),
    setBudget: async (wish) => void (asked = wish),
    persistent: async () => true,
    protect: vi.fn(async () => true),
    notices: () => [new CropError('store/missing', { id: 'a' })],
  };
  return caches;
}

const unguarded = async () => false;

describe('storage', () => {
  it('shows sizes, budget and notices of now when it opens, with nothing selected', async () => {
    const storage = new StorageState(async () => cachesOf({ tiles: 300, maps: 100 }), unguarded);
    expect(storage.status).toBe('loading');
    storage.toggle('tiles');
    await storage.show();
    expect([storage.shown, storage.status, storage.totalBytes, storage.totalItems]).toEqual([true, 'ready', 400, 4]);
    expect(storage.budget).toMatchObject({ asked: 3e9, counted: 2e9 });
    expect([storage.persistent, storage.guarded]).toEqual([true, false]);
    expect(storage.notices).toHaveLength(1);
    expect(storage.chosen).toEqual([]);
  });

  it('deletes the selected kinds only, says how much that was, and counts again', async () => {
    const caches = cachesOf({ tiles: 300, dates: 50, maps: 100 });
    const storage = new StorageState(async () => caches, unguarded);
    await storage.show();
    storage.toggle('tiles');
    storage.toggle('maps');
    storage.toggle('dates');
    storage.toggle('dates');
    expect(storage.chosenBytes).toBe(400);
    storage.confirming = true;
    await storage.remove();
    expect(caches.clearCaches).toHaveBeenCalledExactlyOnceWith(['tiles', 'maps']);
    expect([storage.totalBytes, storage.removedBytes, storage.selected.size]).toEqual([50, 400, 0]);
    expect([storage.confirming, storage.busy]).toEqual([false, false]);
    await storage.show();
    expect(storage.removedBytes).toBeNull();
  });

  it('says so when not all could be deleted, and stays usable', async () => {
    const caches = cachesOf({ tiles: 300 });
    vi.mocked(caches.clearCaches).mockRejectedValueOnce(new Error('blocked'));
    const storage = new StorageState(async () => caches, unguarded);
    await storage.show();
    storage.toggle('tiles');
    await storage.remove();
    expect([storage.problem, storage.removedBytes, storage.totalBytes]).toEqual(['remove', null, 300]);
    expect([storage.busy, storage.selected.has('tiles')]).toEqual([false, true]);
    await storage.remove();
    expect([storage.problem, storage.totalBytes]).toEqual([null, 0]);
  });

  it('can be read again after a failure', async () => {
    const open = vi
      .fn()
      .mockRejectedValueOnce(new Error('blocked'))
      .mockResolvedValue(cachesOf({ dates: 1 }));
    const storage = new StorageState(open, unguarded);
    await storage.show();
    expect(storage.status).toBe('failed');
    await storage.refresh();
    expect([storage.status, storage.totalBytes]).toEqual(['ready', 1]);
  });

  it('keeps a new budget and shows what counts of it', async () => {
    const caches = cachesOf({});
    const kept = new StorageState(async () => caches, unguarded);
    await kept.show();
    await kept.setBudget(1e9);
    expect(kept.budget).toMatchObject({ asked: 1e9, counted: 1e9 });
    caches.setBudget = () => Promise.reject(new Error('full'));
    await kept.setBudget(2e9);
    expect([kept.problem, kept.budget?.asked]).toEqual(['budget', 1e9]);
  });

  it('is protected when the browser agrees; a refusal harms nothing', async () => {
    const caches = cachesOf({});
    const storage = new StorageState(async () => caches, unguarded);
    await storage.protect();
    expect(storage.guarded).toBe(true);
    vi.mocked(caches.protect).mockRejectedValueOnce(new Error('no'));
    await storage.protect();
    expect(storage.guarded).toBeNull();
  });
});
