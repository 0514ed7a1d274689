import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CropError } from '../../../src/errors';
import type { CropMap, JobProgress } from '../../../src/job';
import { ResultState } from '../../../src/app/state/result.svelte';
import { REST_MILLISECONDS, UntilState, type UntilDrawer } from '../../../src/app/state/until.svelte';
import { smallMap } from './crop-map';

/** A drawer that a test answers for. */
function slowDrawer() {
  const asked: {
    until: string;
    answer: (map: CropMap) => void;
    fail: (error: unknown) => void;
    signal: AbortSignal;
  }[] = [];
  let tell: (progress: JobProgress) => void = () => undefined;
  const drawer: UntilDrawer = {
    draw: (_, until, { signal, onProgress }) => {
      tell = onProgress;
      return new Promise((answer, fail) => asked.push({ until, answer, fail, signal }));
    },
    close: async () => undefined,
  };
  return { drawer, asked, tell: (progress: Partial<JobProgress>) => tell(progress as JobProgress) };
}

function mapOf(until?: string): CropMap {
  const map = smallMap();
  return until === undefined ? map : { ...map, report: { ...map.report, until } };
}

describe('the day of a map', () => {
  let shown: ResultState;
  beforeEach(() => {
    vi.useFakeTimers();
    shown = new ResultState();
    shown.show(mapOf());
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const rest = () => vi.advanceTimersByTimeAsync(REST_MILLISECONDS);

  it('is drawn once the slider rests, and not for the days passed on the way', async () => {
    const { drawer, asked, tell } = slowDrawer();
    const until = new UntilState(shown, drawer);
    for (const day of ['2019-06-01', '2019-05-01', '2019-04-05']) until.choose(day);
    expect(until.share).toBe(0);
    await rest();
    expect(asked.map((one) => one.until)).toEqual(['2019-04-05']);
    tell({ done: 3, total: 4 });
    expect(until.share).toBe(0.75);
    shown.hidden.add(3);
    asked[0]!.answer(mapOf('2019-04-05'));
    await rest();
    expect([shown.map!.report.until, until.share]).toEqual(['2019-04-05', null]);
    expect(shown.hidden.has(3)).toBe(true);
  });

  it('is all dates again at once', async () => {
    const { drawer, asked } = slowDrawer();
    const until = new UntilState(shown, drawer);
    const { whole } = shown;
    until.choose('2019-04-05');
    await rest();
    asked[0]!.answer(mapOf('2019-04-05'));
    await rest();
    until.choose(null);
    expect(shown.map).toBe(whole);
    await rest();
    expect(asked).toHaveLength(1);
  });

  it('stays what it was when the drawing is cancelled, whatever comes of it', async () => {
    const { drawer, asked } = slowDrawer();
    const until = new UntilState(shown, drawer);
    until.choose('2019-04-05');
    await rest();
    until.cancel();
    expect([asked[0]!.signal.aborted, until.wanted, until.share]).toEqual([true, null, null]);
    asked[0]!.answer(mapOf('2019-04-05'));
    await rest();
    expect(shown.map).toBe(shown.whole);
  });

  it('gives way to the next one while it is drawn', async () => {
    const { drawer, asked } = slowDrawer();
    const until = new UntilState(shown, drawer);
    until.choose('2019-04-05');
    await rest();
    until.choose('2019-04-10');
    await rest();
    expect(asked[0]!.signal.aborted).toBe(true);
    asked[0]!.answer(mapOf('2019-04-05'));
    asked[1]!.answer(mapOf('2019-04-10'));
    await rest();
    expect(shown.map!.report.until).toBe('2019-04-10');
  });

  it('says why it could not be drawn, and stays', async () => {
    const { drawer, asked } = slowDrawer();
    const until = new UntilState(shown, drawer);
    until.choose('2019-04-05');
    await rest();
    asked[0]!.fail(new CropError('job/model-changed'));
    await rest();
    expect([until.failure?.code, until.wanted, shown.map]).toEqual(['job/model-changed', null, shown.whole]);
  });
});
