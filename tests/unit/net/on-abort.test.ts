import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createHttpTransport, onAbort, untilAborted } from '../../../src/net';
import { createSeriesPort } from '../../../src/series';
import { startFaultServer } from '../../support/fault-server';
import { BANDS, TINY_GRID, tinyScene } from '../../support/tiny-scene';

describe('waiting for a signal', () => {
  it('takes one listener, however many wait, and none once all have let go', () => {
    const stop = new AbortController();
    const called: number[] = [];
    const leave = Array.from({ length: 40 }, (_, nth) => onAbort(stop.signal, () => called.push(nth)));
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    leave.slice(2).forEach((letGo) => letGo());
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    expect(called).toEqual([0, 1]);
    leave.forEach((letGo) => letGo());
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);

    const other = new AbortController();
    onAbort(other.signal, () => expect.fail('it has let go'))();
    expect(getEventListeners(other.signal, 'abort')).toHaveLength(0);
    other.abort();
  });

  it('does not call one that another one lets go', () => {
    const stop = new AbortController();
    const leave: (() => void)[] = [];
    onAbort(stop.signal, () => leave.forEach((letGo) => letGo()));
    leave.push(onAbort(stop.signal, () => expect.fail('it was let go')));
    stop.abort();
  });

  it('ends a promise with its reason, and leaves nothing behind when it comes', async () => {
    const stop = new AbortController();
    expect(await untilAborted(Promise.resolve(7), stop.signal)).toBe(7);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    const endless = untilAborted(new Promise(() => undefined), stop.signal);
    stop.abort(new Error('enough'));
    await expect(endless).rejects.toThrow('enough');
  });
});

describe('reading a season over HTTP', () => {
  it('makes the platform warn of nothing', async () => {
    const warnings: string[] = [];
    const remember = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', remember);
    const files = new Map<string, Uint8Array | string>();
    const server = await startFaultServer({ files });
    try {
      const made = new Map<string, unknown>();
      // The offset is left to the dark pixels: those are two more files that are opened beside the bands.
      const undecided = { boaOffsetApplied: null, processingBaseline: null };
      const scenes = ['2019-05-01', '2019-05-06', '2019-05-11'].map((date) =>
        tinyScene(made, { date, root: server.url, scene: undecided }),
      );
      for (const [url, bytes] of made) files.set(url.slice(server.url.length), bytes as Uint8Array);
      const input = { bands: BANDS, mean: BANDS.map(() => 0), std: BANDS.map(() => 1) };
      const request = { scenes, grid: TINY_GRID, input, referenceDate: '2018-09-01' };
      const port = createSeriesPort(createHttpTransport());
      await port.build(request, new AbortController().signal, () => undefined);
      await port.dispose();
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', remember);
      await server.close();
    }
    expect(warnings).toEqual([]);
  });
});
