import { describe, expect, it } from 'vitest';
import { type CropMap, mapUntil, runJob } from '../../../src/job';
import { createFeatureStore, createSegmentPort, type SegmentPort } from '../../../src/segment';
import { createSeriesPort, type SeriesPort } from '../../../src/series';
import { type Cache, createCache } from '../../../src/store';
import { createMemoryBlobs } from '../../../src/store/memory-blobs';
import { memoryTransport } from '../../support/memory-transport';
import { TINY_GRID, tinyScene } from '../../support/tiny-scene';
import { fakeBackend, fakeModelFiles, MODEL_URL } from '../segment/support/fake-model';
import { REQUEST } from './support/tiny-request';

const { signal } = new AbortController();
const DAYS = ['2019-04-01', '2019-05-01', '2019-06-01'];
const request = { ...REQUEST, modelUrl: MODEL_URL };

/** Brightness of a pixel on a date; the first pixel is seen on the last date only. */
function dn(nth: number): (band: string, pixel: number) => number {
  return (band, pixel) => (pixel === 0 && nth < 2 ? 0 : 300 + 100 * nth + (band === 'B02' ? pixel * 40 : 2000));
}

interface Home {
  readonly cache: Cache;
  /** Ports of a page over what is kept at home, with the dates of the catalogue. */
  readonly ports: (
    days?: number,
    edits?: Readonly<Record<string, unknown>>,
  ) => { series: SeriesPort; segment: SegmentPort };
  readonly builds: () => number;
}

function home(): Home {
  const cache = createCache({ ...createMemoryBlobs(), persistent: true }, { budget: async () => 1e6 });
  let builds = 0;
  return {
    cache,
    builds: () => builds,
    ports(days = DAYS.length, edits = {}) {
      const files = new Map<string, unknown>();
      const scenes = DAYS.slice(0, days).map((date, nth) =>
        tinyScene(files, { date, dn: dn(nth), scl: (pixel) => (pixel === 0 && nth < 2 ? 0 : 4) }),
      );
      const port = createSeriesPort(memoryTransport(files));
      const series: SeriesPort = {
        ...port,
        search: async () => ({ scenes, notices: [] }),
        build: (...args) => {
          builds += 1;
          return port.build(...args);
        },
      };
      const segment = createSegmentPort({
        transport: memoryTransport(fakeModelFiles(edits)),
        candidates: [{ name: 'wasm', precisions: ['fp32'], available: () => true, create: async () => fakeBackend() }],
        features: createFeatureStore(cache),
      });
      return { series, segment };
    },
  };
}

async function made(at: Home, days?: number): Promise<CropMap> {
  return runJob(request, at.ports(days), { signal });
}

describe('a map until a day', () => {
  it('averages over as many subsets of its dates as the map was asked for, or the card recommends', async () => {
    const at = home();
    const asked = { ...request, dateSubsets: 2 };
    const whole = await runJob(asked, at.ports(), { signal });
    expect(whole.report.dateSubsets).toEqual([2]);
    const early = await mapUntil(whole, '2019-05-15', at.ports(), { signal });
    expect(early.report.encodings).toEqual({ encoded: 0, kept: 2 });
    expect(early.report.dateSubsets).toEqual([2]);
    const expected = await runJob(asked, home().ports(2), { signal });
    expect(early.probabilities).toEqual(expected.probabilities);
    expect(early.probabilities).not.toEqual((await made(home(), 2)).probabilities);
    const byCard = await runJob(request, home().ports(3, { 'input.datesPerSubset': 1 }), { signal });
    expect(byCard.report.dateSubsets).toEqual([3]);
  });

  it('is the map of the dates up to it, from kept features: nothing is read, nothing encoded', async () => {
    const at = home();
    const whole = await made(at);
    const builds = at.builds();
    const early = await mapUntil(whole, '2019-05-15', at.ports(), { signal });
    expect(at.builds()).toBe(builds);
    expect(early.report.encodings).toEqual({ encoded: 0, kept: 2 });
    const expected = await made(home(), 2);
    expect(early.labels).toEqual(expected.labels);
    expect(early.probabilities).toEqual(expected.probabilities);
    expect(early.labels).not.toEqual(whole.labels);
    expect(early.report.areas).toEqual(expected.report.areas);
    expect(early.report).toMatchObject({ until: '2019-05-15', dates: [{ date: DAYS[0] }, { date: DAYS[1] }] });
  });

  it('leaves pixels out that no date has seen by then', async () => {
    const at = home();
    const whole = await made(at);
    const early = await mapUntil(whole, DAYS[1]!, at.ports(), { signal });
    expect([whole.labels[0], early.labels[0], early.probabilities[0]]).not.toContain(undefined);
    expect(whole.labels[0]).not.toBe(255);
    expect([early.labels[0], early.probabilities[TINY_GRID.columns * TINY_GRID.rows]]).toEqual([255, 255]);
  });

  it('is not smoothed by objects, which show what nobody knew on the day, and says so', async () => {
    const at = home();
    const whole = await runJob({ ...request, smoothing: 'objects' }, at.ports(), { signal });
    expect(whole.report.objects!.count).toBeGreaterThan(0);
    const early = await mapUntil(whole, DAYS[1]!, at.ports(), { signal });
    const plain = await mapUntil(await made(home()), DAYS[1]!, at.ports(), { signal });
    expect(early.labels).toEqual(plain.labels);
    expect(early.report).not.toHaveProperty('objects');
    expect(early.report.notices).toContainEqual(expect.stringContaining('Each pixel stands by itself here'));
  });

  it('tells each tile as it is drawn', async () => {
    const at = home();
    const whole = await made(at);
    const seen: string[] = [];
    await mapUntil(whole, DAYS[1]!, at.ports(), {
      signal,
      onProgress: ({ done, total }) => seen.push(`${done}/${total}`),
    });
    expect(seen).toEqual(['1/1']);
  });

  it('reads and encodes again what is no longer kept, with the same map', async () => {
    const at = home();
    const whole = await made(at);
    const kept = await mapUntil(whole, DAYS[1]!, at.ports(), { signal });
    await at.cache.clear(['features']);
    const builds = at.builds();
    const again = await mapUntil(whole, DAYS[1]!, at.ports(), { signal });
    expect(at.builds()).toBe(builds + 1);
    expect(again.report.encodings).toEqual({ encoded: 2, kept: 0 });
    expect(again.labels).toEqual(kept.labels);
  });

  it('is refused where no date is that early, the model is another one, or dates are gone', async () => {
    const at = home();
    const whole = await made(at);
    const refusal = (code: string) => ({ code: `job/${code}` });
    await expect(mapUntil(whole, '2019-03-01', at.ports(), { signal })).rejects.toMatchObject(refusal('nothing-until'));
    const other = at.ports(3, { title: 'Other' });
    await expect(mapUntil(whole, DAYS[1]!, other, { signal })).rejects.toMatchObject(refusal('model-changed'));
    await at.cache.clear(['features']);
    const fewer = mapUntil(whole, DAYS[1]!, at.ports(1), { signal });
    await expect(fewer).rejects.toMatchObject({ ...refusal('dates-gone'), message: expect.stringContaining(DAYS[1]!) });
  });

  it('stops when cancelled', async () => {
    const at = home();
    const whole = await made(at);
    const stop = new AbortController();
    stop.abort();
    await expect(mapUntil(whole, DAYS[1]!, at.ports(), { signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('a second run with one more date', () => {
  it('encodes that date alone, and says so', async () => {
    const at = home();
    const first = await made(at, 2);
    expect(first.report.encodings).toEqual({ encoded: 2, kept: 0 });
    const second = await made(at);
    expect(second.report.encodings).toEqual({ encoded: 1, kept: 2 });
    expect(second.labels).toEqual((await made(home())).labels);
  });
});
