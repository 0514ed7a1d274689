import { describe, expect, it } from 'vitest';
import { gridFromBbox } from '../../../src/geo';
import { type JobProgress, runJob } from '../../../src/job';
import { type ModelCard, scopeOfDates, scopeOfPixels, scopeOfPlace, type TrainingScope } from '../../../src/segment';
import { createSeriesPort } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { TINY_CARD, tinySegmentPort } from '../../support/tiny-model';
import { tinyScene } from '../../support/tiny-scene';
import { REQUEST } from './support/tiny-request';

const { signal } = new AbortController();
const WHOLE = { from: '2018-09-01', to: '2019-10-31' };

const cardOf = (scope: TrainingScope): ModelCard => ({ ...TINY_CARD, training: { ...TINY_CARD.training, scope } });
const place = (west: number, south: number, range = WHOLE) => ({
  grid: gridFromBbox([west, south, west + 0.02, south + 0.02]),
  range,
  season: 2019,
});
const dates = (count: number, platform: string | null = null) =>
  Array.from({ length: count }, (_, at) => ({ date: `2019-05-${String(at + 1).padStart(2, '0')}`, platform }));
const aspects = (findings: readonly { readonly aspect: string }[]): string[] => findings.map(({ aspect }) => aspect);

describe('where a network was not trained', () => {
  it('is not told of what an old card does not say', () => {
    expect(scopeOfPlace(TINY_CARD, place(14, 50))).toEqual([]);
    expect(scopeOfDates(TINY_CARD, dates(30, 'sentinel-2c'))).toEqual([]);
    expect(scopeOfPixels(TINY_CARD, [1, 2, 3])).toEqual([]);
  });

  it('is every place south of the equator, whatever the card says', () => {
    expect(aspects(scopeOfPlace(TINY_CARD, place(-55, -12)))).toEqual(['hemisphere']);
    expect(aspects(scopeOfPlace(TINY_CARD, place(-55, 1)))).toEqual([]);
  });

  it('is a series of too few dates, whatever the card says', () => {
    expect(scopeOfDates(TINY_CARD, dates(3))[0]!.message).toMatch(/^There are 3 dates\. So few/);
    expect(scopeOfDates(TINY_CARD, dates(1))[0]!.message).toMatch(/^There is 1 date\. /);
    expect(scopeOfDates(TINY_CARD, dates(5))).toEqual([]);
  });

  it('is a place outside of all regions, told with their names', () => {
    const card = cardOf({
      regions: [
        { name: 'Here', bbox: [13, 49, 15, 51] },
        { name: 'Fiji', bbox: [177, 0, -178, 20] },
      ],
    });
    expect(scopeOfPlace(card, place(14, 50))).toEqual([]);
    expect(scopeOfPlace(card, place(178, 17))).toEqual([]);
    expect(scopeOfPlace(card, place(-179, 17))).toEqual([]);
    expect(scopeOfPlace(card, place(20, 50))[0]!.message).toContain('(Here, Fiji)');
  });

  it('is a month beyond those of the training', () => {
    const card = cardOf({ days: [181, 364] });
    expect(scopeOfPlace(card, place(14, 50, { from: '2019-03-01', to: '2019-08-31' }))).toEqual([]);
    expect(scopeOfPlace(card, place(14, 50))[0]).toMatchObject({ aspect: 'months' });
    expect(scopeOfPlace(card, place(14, 50))[0]!.message).toContain('day 0 to 425');
  });

  it('is a number of dates below or above that of the training, in one pass of the network', () => {
    const card = cardOf({ dates: [9, 26] });
    expect(scopeOfDates(card, dates(8))[0]!.message).toContain(
      'There are 8 dates; the network was trained on 9 to 26.',
    );
    expect(scopeOfDates(card, dates(9))).toEqual([]);
    expect(aspects(scopeOfDates(card, dates(27)))).toEqual(['dates']);
    expect(scopeOfDates(card, dates(27), 3)).toEqual([]);
    // Two scenes of one day are one date.
    expect(scopeOfDates(card, [...dates(20), ...dates(20)])).toEqual([]);
  });

  it('is a satellite that the training did not have; what does not tell its own is not judged', () => {
    const card = cardOf({ platforms: ['sentinel-2a', 'sentinel-2b'] });
    expect(scopeOfDates(card, [...dates(9, 'Sentinel-2A'), ...dates(9)])).toEqual([]);
    expect(scopeOfDates(card, dates(9, 'sentinel-2c'))[0]!.message).toContain('sentinel-2c');
  });

  it('is a median beyond those of all training series, told band by band', () => {
    const dn = TINY_CARD.input.bands.map((_, band) => [100 + band, 500, 900]);
    const card = cardOf({ medians: { quantiles: [0.01, 0.5, 0.99], dn } });
    const usual = dn.map(([, middle]) => middle!);
    expect(scopeOfPixels(card, usual)).toEqual([]);
    expect(scopeOfPixels(card, null)).toEqual([]);
    const [found] = scopeOfPixels(card, [99, ...usual.slice(1, 9), 901]);
    expect(found!.message).toContain('B02 99 (100 to 900), B12 901 (109 to 900)');
  });
});

describe('a job outside of the training', () => {
  it('says so before anything is read, and in its report', async () => {
    const card = cardOf({
      dates: [2, 9],
      medians: { quantiles: [0, 1], dn: TINY_CARD.input.bands.map(() => [3000, 4000]) },
    });
    const files = new Map<string, unknown>();
    const scenes = [tinyScene(files, { date: '2019-05-01', dn: () => 4321 })];
    const series = { ...createSeriesPort(memoryTransport(files)), search: async () => ({ scenes, notices: ['slow'] }) };
    const inner = tinySegmentPort();
    const load: typeof inner.load = async (...args) => ({ ...(await inner.load(...args)), card });
    const seen: JobProgress[] = [];
    const onProgress = (progress: JobProgress): void => void seen.push(progress);
    const { report } = await runJob(REQUEST, { series, segment: { ...inner, load } }, { signal, onProgress });

    const reading = seen.findIndex(({ stage }) => stage === 'read');
    const told = seen.slice(0, reading).findLast(({ notices }) => notices !== undefined)!.notices!;
    expect(told).toEqual(['slow', expect.stringContaining('There is 1 date; the network was trained on 2 to 9')]);
    expect(aspects(report.outsideTraining!)).toEqual(['dates', 'pixels']);
    expect(report.bandMedians).toEqual(TINY_CARD.input.bands.map(() => 4321));
    expect(report.notices).toEqual(['slow', ...report.outsideTraining!.map(({ message }) => message)]);
  });
});
