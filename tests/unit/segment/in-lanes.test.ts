import { describe, expect, it } from 'vitest';
import { inLanes } from '../../../src/segment';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('inLanes', () => {
  it('does all jobs, no more than asked for at once, and answers in order', async () => {
    let running = 0;
    let most = 0;
    const answers = await inLanes(10, 3, async (index) => {
      most = Math.max(most, (running += 1));
      // Later jobs end sooner.
      for (let wait = 10 - index; wait > 0; wait--) await turn();
      running -= 1;
      return index * index;
    });
    expect(answers).toEqual([0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
    expect(most).toBe(3);
    expect(await inLanes(0, 3, async () => 1)).toEqual([]);
  });

  it('throws the first failure when what was under way has ended, and begins no more', async () => {
    const begun: number[] = [];
    let ended = false;
    const work = inLanes(10, 2, async (index) => {
      begun.push(index);
      if (index === 1) throw new Error('no');
      await turn();
      ended = true;
    });
    await expect(work).rejects.toThrow('no');
    expect(ended).toBe(true);
    expect(begun).toEqual([0, 1]);
  });
});
