import { describe, expect, it } from 'vitest';
import { createKernelLane, type KernelLane } from '../../../../src/segment';
import { createLanePool } from '../../../../src/segment/kernel/lane-pool';
import { createShelf } from '../../../../src/segment/kernel/shelf';

const { signal } = new AbortController();

/** Jobs that end when they are told, and what is said of each: its lane. */
function startJobs(lanes: readonly KernelLane[], count: number) {
  const pool = createLanePool(lanes);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const jobs = Array.from({ length: count }, () =>
    pool.run(signal, (lane) => {
      begun.push(lanes.indexOf(lane));
      return new Promise<void>((end) => ends.push(end));
    }),
  );
  return { pool, begun, ends, jobs };
}

describe('a pool of lanes', () => {
  it('gives each lane one job, then each a second, and lets others wait', async () => {
    const { pool, begun, ends, jobs } = startJobs([createKernelLane(), createKernelLane()], 6);
    expect(pool.places).toBe(4);
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 0, 1]);
    ends[1]!();
    await jobs[1];
    await new Promise((turn) => setTimeout(turn));
    expect(begun).toEqual([0, 1, 0, 1, 1]);
    while (ends.length < 6) {
      for (const end of ends) end();
      await new Promise((turn) => setTimeout(turn));
    }
    for (const end of ends) end();
    await Promise.all(jobs);
  });

  it('begins no job that was aborted while it waited', async () => {
    const { pool, ends, jobs } = startJobs([createKernelLane()], 2);
    const stop = new AbortController();
    const late = pool.run(stop.signal, () => Promise.reject(new Error('begun')));
    stop.abort();
    await Promise.resolve();
    for (const end of ends) end();
    await expect(late).rejects.toHaveProperty('name', 'AbortError');
    await Promise.all(jobs);
  });
});

describe('a shelf', () => {
  it('gives what was put there to the next that asks for its size, once', () => {
    const shelf = createShelf();
    const spent = shelf.steps(10);
    shelf.put([spent]);
    expect(shelf.floats(6).buffer).not.toBe(spent.buffer);
    expect(shelf.floats(5).buffer).toBe(spent.buffer);
    expect(shelf.floats(5).buffer).not.toBe(spent.buffer);
  });

  it('throws the oldest away where too much waits', () => {
    const shelf = createShelf();
    const arrays = Array.from({ length: 40 }, (_, at) => new Float32Array(250_000 + at));
    shelf.put(arrays);
    const back = arrays.map(({ length, buffer }) => shelf.floats(length).buffer === buffer);
    expect(back.indexOf(true)).toBe(9);
    expect(back.lastIndexOf(false)).toBe(8);
  });
});
