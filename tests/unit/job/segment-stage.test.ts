import { describe, expect, it } from 'vitest';
import { CropError } from '../../../src/errors';
import { type CropMap, type MapPreview, runJob } from '../../../src/job';
import type { SegmentPort } from '../../../src/segment';
import { createSeriesPort, type SeriesPort } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { tinySegmentPort } from '../../support/tiny-model';
import { TINY_GRID, tinyScene } from '../../support/tiny-scene';
import { REQUEST } from './support/tiny-request';

const DAYS = ['2019-04-01', '2019-05-01', '2019-06-01', '2019-07-01'];
/** Left half class 4, right half class 6, the same on all dates. */
const halves = (_: string, pixel: number): number => (pixel % TINY_GRID.columns < 4 ? 4000 : 6000);

function series(): SeriesPort {
  const files = new Map<string, unknown>();
  const scenes = DAYS.map((date) => tinyScene(files, { date, dn: halves }));
  return { ...createSeriesPort(memoryTransport(files)), search: async () => ({ scenes, notices: [] }) };
}

type Calls = Partial<Record<keyof SegmentPort, number>>;

/** Runs the job over a segment port whose calls are counted. */
async function run(
  segment: SegmentPort,
  request = REQUEST,
): Promise<{ map: CropMap; calls: Calls; previews: MapPreview[] }> {
  const calls: Calls = {};
  const counted = Object.fromEntries(
    Object.entries(segment).map(([name, method]) => [
      name,
      (...args: unknown[]): unknown => {
        calls[name as keyof SegmentPort] = (calls[name as keyof SegmentPort] ?? 0) + 1;
        return (method as (...given: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as SegmentPort;
  const previews: MapPreview[] = [];
  const { signal } = new AbortController();
  const options = { signal, onPreview: (map: MapPreview) => void previews.push(map) };
  return { map: await runJob(request, { series: series(), segment: counted }, options), calls, previews };
}

/** The stand-in with features that no budget holds. */
function tooLarge(): SegmentPort {
  const port = tinySegmentPort();
  return { ...port, load: async (...args) => ({ ...(await port.load(...args)), bytesPerPixelDate: 1e9 }) };
}

describe('dates of a small area', () => {
  it('are encoded as they are read, each once in every tile, and none is read twice', async () => {
    const { map, calls } = await run(tinySegmentPort());
    const tiles = 6;
    expect(calls.encode).toBe(DAYS.length * tiles);
    expect(calls.run).toBeUndefined();
    expect([...map.labels.slice(0, 8)]).toEqual([4, 4, 4, 4, 6, 6, 6, 6]);
  });

  it('show a map before all of them are there', async () => {
    const { previews } = await run(tinySegmentPort());
    expect(previews.length).toBeGreaterThan(0);
    expect([...previews[0]!.labels.slice(0, 8)]).toEqual([4, 4, 4, 4, 6, 6, 6, 6]);
    expect(previews[0]).toMatchObject({ grid: TINY_GRID, card: { name: 'tiny' } });
  });
});

describe('an area whose features would not fit', () => {
  it('goes tile by tile, gives the same map, and shows each tile as it is done', async () => {
    const streamed = await run(tinySegmentPort());
    const { map, calls, previews } = await run(tooLarge());
    expect(calls.encode).toBeUndefined();
    expect(calls.run).toBe(6);
    expect(previews).toHaveLength(6);
    expect(previews[0]!.labels).toContain(255);
    expect(previews[5]!.labels).not.toContain(255);
    expect(map.labels).toEqual(streamed.map.labels);
    expect(map.probabilities).toEqual(streamed.map.probabilities);
  });
});

describe('interleaved subsets of the dates', () => {
  it.each([
    ['as dates come', tinySegmentPort],
    ['tile by tile', tooLarge],
  ] as const)('are asked for %s, and told in the report', async (_, make) => {
    const asked: unknown[] = [];
    const port = make();
    const segment: SegmentPort = {
      ...port,
      run: async (tile, signal, onDate, options) => {
        asked.push(options?.dateSubsets);
        return { ...(await port.run(tile, signal, onDate, options)), dateSubsets: 2 };
      },
      decode: async (name, size, signal, dateSubsets) => {
        asked.push(dateSubsets);
        return { ...(await port.decode(name, size, signal, dateSubsets)), dateSubsets: name === '1' ? 3 : 2 };
      },
    };
    const { map } = await run(segment, { ...REQUEST, dateSubsets: 2 });
    expect(new Set(asked)).toEqual(new Set([2]));
    expect(map.report.dateSubsets).toEqual(make === tooLarge ? [2] : [2, 3]);
    expect(map.report.request.dateSubsets).toBe(2);
  });
});

describe('a backend that gives up in the middle of a job', () => {
  /** Fails at the n-th call of a method, once; the model is then loaded without what failed. */
  function failingAt(port: SegmentPort, method: 'encode' | 'decode' | 'run', nth: number) {
    const avoided: (readonly string[])[] = [];
    let calls = 0;
    const wrapped: SegmentPort = {
      ...port,
      async load(url, signal, onProgress, avoid = []) {
        avoided.push(avoid);
        const ready = await port.load(url, signal, onProgress);
        const variant = avoid.length === 0 ? 'webgpu/fp32' : 'wasm/fp32';
        const description = avoid.length === 0 ? 'the card' : 'WASM';
        return { ...ready, variant, golden: { ...ready.golden, description } };
      },
      [method]: (...args: never[]) => {
        calls += 1;
        if (calls === nth) throw new CropError('segment/device-lost', { stage: 'encoder' });
        return (port[method] as (...given: never[]) => unknown)(...args);
      },
    };
    return { port: wrapped, avoided };
  }

  it.each([
    ['encode', 5, tinySegmentPort],
    ['decode', 9, tinySegmentPort],
    ['run', 4, tooLarge],
  ] as const)(
    'at %s number %i is followed by the next one: the map is the same, and says so',
    async (method, nth, make) => {
      const { port, avoided } = failingAt(make(), method, nth);
      const { map, calls } = await run(port);
      expect(avoided).toEqual([[], ['webgpu/fp32']]);
      expect(map.labels).toEqual((await run(tinySegmentPort())).map.labels);
      expect(map.report.notices.filter((text) => text.includes('gave up'))).toEqual([
        'the card gave up (The graphics card was lost while the encoder stage of the network ran); the rest ran on WASM.',
      ]);
      // Finished tiles are not done again.
      if (method === 'run') expect(calls.run).toBe(7);
    },
  );
});
