import { describe, expect, it } from 'vitest';
import { KeptState } from '../../../src/app/state/kept.svelte';
import { CropError } from '../../../src/errors';
import type { Caches, KeptKind } from '../../../src/job';

/** A store room in memory that writes down what is asked of it. */
function room(): { caches: Caches; asked: unknown[] } {
  const asked: unknown[] = [];
  let kinds: KeptKind[] = ['tiles', 'maps'];
  const caches: Caches = {
    listCaches: async () => kinds.map((kind) => ({ kind, title: kind, bytes: 10, items: 1 })),
    async clearCaches(gone) {
      asked.push(gone);
      kinds = kinds.filter((kind) => !gone.includes(kind));
    },
    budget: async () => ({ asked: 100, counted: 50, least: 1, quota: null }),
    setBudget: async (bytes) => void asked.push(bytes),
    persistent: async () => true,
    protect: async () => false,
    notices: () => [new CropError('store/no-room')],
  };
  return { caches, asked };
}

describe('what the page says about what is kept', () => {
  it('adds up what the budget is for, which finished maps are not, and passes notices on', async () => {
    const kept = new KeptState(async () => room().caches);
    await kept.refresh();
    expect([kept.cached, kept.budget?.counted]).toEqual([10, 50]);
    expect(kept.notices[0]).toMatch(/no room left/);
  });

  it('deletes only what was confirmed', async () => {
    const { caches, asked } = room();
    const kept = new KeptState(async () => caches);
    await kept.refresh();
    kept.doom('maps');
    kept.doom(null);
    await kept.clear();
    expect(asked).toEqual([]);
    kept.doom('tiles');
    await kept.clear();
    expect(asked).toEqual([['tiles']]);
    expect(kept.sizes.map(({ kind }) => kind)).toEqual(['maps']);
    expect(kept.doomed).toBeNull();
  });

  it('says so when storage cannot be opened, and tries again the next time', async () => {
    let works = false;
    const kept = new KeptState(async () => {
      if (!works) throw new Error('refused');
      return room().caches;
    });
    await kept.protect();
    expect([kept.failed, kept.isProtected]).toEqual([true, null]);
    works = true;
    await kept.protect();
    expect([kept.failed, kept.isProtected]).toEqual([false, false]);
  });
});
