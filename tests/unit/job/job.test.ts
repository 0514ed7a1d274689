import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Scene } from '../../../src/catalog';
import { CROP_CLASSES } from '../../../src/crops';
import { isAbort, isCropError } from '../../../src/errors';
import { classAreas, type JobProgress, runJob, VERSION } from '../../../src/job';
import { createSeriesPort, type SeriesPort } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { tinySegmentPort } from '../../support/tiny-model';
import { TINY_GRID, tinyScene, type TinySceneOptions } from '../../support/tiny-scene';
import { REQUEST } from './support/tiny-request';

const forever = new AbortController().signal;
const PIXELS = TINY_GRID.columns * TINY_GRID.rows;

/** A series port whose catalogue answers with ready scenes; reading them is the real thing. */
function seriesOf(...options: TinySceneOptions[]): { port: SeriesPort; scenes: Scene[] } {
  const files = new Map<string, unknown>();
  const scenes = options.map((option) => tinyScene(files, option));
  return {
    port: { ...createSeriesPort(memoryTransport(files)), search: async () => ({ scenes, notices: [] }) },
    scenes,
  };
}

/** Left half class 4, right half class 6. */
const halves = (_: string, pixel: number): number => (pixel % TINY_GRID.columns < 4 ? 4000 : 6000);

describe('a job', () => {
  it('turns scenes into labels, areas and a report', async () => {
    const { port, scenes } = seriesOf({ date: '2019-05-01', dn: halves, scene: { simulated: true } });
    const segment = tinySegmentPort();
    const map = await runJob(REQUEST, { series: port, segment }, { signal: forever, peakMemoryMb: () => 77 });
    expect([...map.labels.slice(0, 8)]).toEqual([4, 4, 4, 4, 6, 6, 6, 6]);
    expect(map.probabilities).toHaveLength(15 * PIXELS);
    expect(segment.tiles.length).toBeGreaterThan(1);
    expect(segment.tiles.every(({ columns, rows }) => columns === 4 && rows === 4)).toBe(true);
    expect(map.report.areas).toEqual([
      { code: 4, name: 'Winter cereals', pixels: 24, hectares: 0.24, share: 0.5 },
      { code: 6, name: 'Maize', pixels: 24, hectares: 0.24, share: 0.5 },
    ]);
    expect(map.report).toMatchObject({
      software: { name: 'Crop2Seg', version: VERSION },
      simulatedScenes: true,
      model: {
        ...{ name: 'tiny', simulatedTraining: true, caveats: ['A stand-in.'] },
        ...{ variant: 'node/fp32', encoderTimes: [{ variant: 'node/fp32', milliseconds: 12.3 }] },
      },
      dates: [{ date: '2019-05-01', sceneIds: [scenes[0]!.id] }],
      peakMemoryMb: 77,
    });
    expect(map.report.bytes).toBeGreaterThan(10);
    expect(map.report.seconds.read).toBeGreaterThan(0);
    expect(map.report.wallSeconds).toBeGreaterThanOrEqual(map.report.seconds.read);
  });

  it('tells true progress: every stage ends at its total, counters never fall', async () => {
    const { port } = seriesOf({ date: '2019-05-01', dn: halves }, { date: '2019-06-01', dn: halves });
    const seen: JobProgress[] = [];
    const onProgress = (progress: JobProgress): void => void seen.push(progress);
    await runJob(REQUEST, { series: port, segment: tinySegmentPort() }, { signal: forever, onProgress });
    for (const stage of ['search', 'model', 'read', 'segment', 'finish'] as const) {
      const last = seen.filter((progress) => progress.stage === stage).at(-1);
      expect(last, stage).toBeDefined();
      expect(last!.done, stage).toBe(last!.total);
    }
    const bytes = seen.map((progress) => progress.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  });

  it('gives no class to a pixel that no date has seen', async () => {
    const { port } = seriesOf({
      date: '2019-05-01',
      dn: (_, pixel) => (pixel === 0 ? 0 : 4000),
      scl: (pixel) => (pixel === 0 ? 0 : 4),
    });
    const map = await runJob(REQUEST, { series: port, segment: tinySegmentPort() }, { signal: forever });
    expect(map.labels[0]).toBe(255);
    expect(map.probabilities[7 * PIXELS]).toBe(255);
    expect(map.labels[2]).toBe(4);
  });

  it('is made without a date that no source delivers, and its report says so', async () => {
    const files = new Map<string, unknown>();
    const scenes = [{ date: '2019-05-01', dn: halves }, { date: '2019-06-01' }].map((one) => tinyScene(files, one));
    files.delete(scenes[1]!.assets.B11!);
    const search: SeriesPort['search'] = async () => ({ scenes, notices: [] });
    const ports = { series: { ...createSeriesPort(memoryTransport(files)), search }, segment: tinySegmentPort() };
    const notes: string[] = [];
    const { report, labels } = await runJob(REQUEST, ports, {
      signal: forever,
      onProgress: ({ note }) => notes.push(note),
    });
    expect([...labels.slice(0, 4)]).toEqual([4, 4, 4, 4]);
    expect(report.unreadDates).toEqual(['2019-06-01']);
    expect(report.rejected).toMatchObject([{ id: scenes[1]!.id, date: '2019-06-01' }]);
    expect(report.rejected[0]!.reason).toContain('B11.tif');
    expect(report.notices[0]).toContain('2019-06-01');
    expect(notes).toContain('2 of 2 dates read, last 2019-06-01; 1 could not be read');
  });

  it('leaves out scenes named by the user, and says why', async () => {
    const { port, scenes } = seriesOf({ date: '2019-05-01', dn: halves }, { date: '2019-05-11' });
    const request = { ...REQUEST, excludedScenes: [scenes[1]!.id] };
    const map = await runJob(request, { series: port, segment: tinySegmentPort() }, { signal: forever });
    const reasons = new Map(map.report.rejected.map(({ id, reason }) => [id, reason]));
    expect(reasons.get(scenes[1]!.id)).toBe('Left out on request.');
    expect(map.report.dates).toHaveLength(1);
  });

  it('says so when the source has nothing here', async () => {
    const { port } = seriesOf();
    const job = runJob(REQUEST, { series: port, segment: tinySegmentPort() }, { signal: forever });
    await expect(job).rejects.toSatisfy((error) => isCropError(error, 'job/none-found'));
  });

  it('names the commonest reason when no scene is left', async () => {
    const { port } = seriesOf({ date: '2019-05-01', scene: { cloudPercent: 90 } });
    const request = { ...REQUEST, maxCloudPercent: 50 };
    const job = runJob(request, { series: port, segment: tinySegmentPort() }, { signal: forever });
    await expect(job).rejects.toSatisfy(
      (error) => isCropError(error, 'job/no-scenes') && error.message.includes('Cloudier than the 50 %'),
    );
  });

  it('reads no bands of a date that shows too little of the area, and counts what that saved', async () => {
    const { port, scenes } = seriesOf(
      { date: '2019-05-01', dn: halves },
      { date: '2019-05-06', scl: () => 9 },
      { date: '2019-05-11', scl: (pixel) => (pixel === 0 ? 4 : 9) },
    );
    const seen: JobProgress[] = [];
    const onProgress = (progress: JobProgress): void => void seen.push(progress);
    const ports = { series: port, segment: tinySegmentPort() };
    const { report } = await runJob(REQUEST, ports, { signal: forever, onProgress });
    expect(report.dates.map(({ date }) => date)).toEqual(['2019-05-01', '2019-05-11']);
    expect(report.rejected).toEqual([
      {
        id: scenes[1]!.id,
        date: '2019-05-06',
        reason: 'Clouds, shadow or snow on 100 % of the area itself; at most 95 % is allowed.',
      },
    ]);
    // The bands of one date: ten files that fit into their headers' request, and the little that is read of tiles.
    expect(report.savedBytes).toBeGreaterThan(10 * PIXELS);
    expect(report.skippedDates).toBe(1);
    expect(seen.flatMap(({ date }) => (date === undefined ? [] : [date.date])).sort()).toEqual([
      '2019-05-01',
      '2019-05-11',
    ]);
    expect(seen.some(({ note }) => /1 too cloudy here, about [\d.]+ MB saved/.test(note))).toBe(true);

    const all = await runJob({ ...REQUEST, maxCloudShare: 1 }, ports, { signal: forever });
    expect(all.report.dates).toHaveLength(3);
    const strict = await runJob({ ...REQUEST, maxCloudShare: 0.5 }, ports, { signal: forever });
    expect(strict.report.dates).toHaveLength(1);
  });

  it('takes the offset that a person has set, for all scenes, and says so', async () => {
    const { port } = seriesOf({ date: '2019-05-01', dn: () => 5000 });
    const ports = { series: port, segment: tinySegmentPort() };
    const map = await runJob({ ...REQUEST, offsetOverride: -1000 }, ports, { signal: forever });
    expect(map.report.dates[0]!.offset).toMatchObject({ addDn: -1000, rule: 'user' });
    expect(map.labels[0]).toBe(4);
  });

  it('stops between tiles when cancelled, and the same ports can run again', async () => {
    const { port } = seriesOf({ date: '2019-05-01', dn: halves });
    const segment = tinySegmentPort();
    const stop = new AbortController();
    const cancelled = runJob(
      REQUEST,
      { series: port, segment },
      { signal: stop.signal, onProgress: ({ stage, done }) => stage === 'segment' && done === 1 && stop.abort() },
    );
    await expect(cancelled).rejects.toSatisfy(isAbort);
    expect(segment.tiles).toHaveLength(1);
    const map = await runJob(REQUEST, { series: port, segment }, { signal: forever });
    expect(map.labels).not.toContain(255);
  });

  it('stops the search when the model cannot be loaded', async () => {
    const { port } = seriesOf({ date: '2019-05-01' });
    let searchAborted = false;
    const search: SeriesPort['search'] = (_, __, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          searchAborted = true;
          reject(signal.reason as Error);
        });
      });
    const broken = { ...tinySegmentPort(), load: () => Promise.reject(new Error('no model')) };
    const job = runJob(REQUEST, { series: { ...port, search }, segment: broken }, { signal: forever });
    await expect(job).rejects.toThrow('no model');
    expect(searchAborted).toBe(true);
  });
});

describe('areas', () => {
  it('leave out what has no data from the shares', () => {
    expect(classAreas(new Uint8Array([1, 1, 1, 5, 255]), 20, CROP_CLASSES)).toEqual([
      { code: 1, name: 'Permanent grassland', pixels: 3, hectares: 0.12, share: 0.75 },
      { code: 5, name: 'Rapeseed', pixels: 1, hectares: 0.04, share: 0.25 },
    ]);
  });
});

describe('the version in reports', () => {
  it("is the package's", () => {
    const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
    expect((JSON.parse(text) as { version: string }).version).toBe(VERSION);
  });
});
