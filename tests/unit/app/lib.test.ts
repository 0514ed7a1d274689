import { describe, expect, it } from 'vitest';
import { CropError } from '../../../src/errors';
import { estimateOf } from '../../../src/app/lib/estimate';
import { describeFailure } from '../../../src/app/lib/failure';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLonLat,
  formatMegabytes,
  formatPercent,
} from '../../../src/app/lib/format';
import { defaultSeason, monthsOfSeason } from '../../../src/app/lib/months';
import { chartData, pointsOf } from '../../../src/app/lib/ndvi-chart';
import { paddingAround } from '../../../src/app/lib/padding';
import { parsePlace } from '../../../src/app/lib/parse-place';
import { classAt, likeliestAt, stepPixel } from '../../../src/app/lib/pixel';
import { advanceStages, shareOf, WAITING_STAGES } from '../../../src/app/lib/stages';
import { budgetScale } from '../../../src/app/lib/storage';
import { pixelHistory } from '../../../src/series';
import { gridOf, smallMap } from './crop-map';

describe('months of a season', () => {
  it('run from September of the year before to October', () => {
    const months = monthsOfSeason(2019);
    expect(months).toHaveLength(14);
    expect(months[0]!.label).toBe('Sep 2018');
    expect(months[4]!.label).toBe('Jan 2019');
    expect(months[13]!.label).toBe('Oct 2019');
  });

  it('start with the newest season whose summer has passed', () => {
    const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
    expect(defaultSeason(at('2026-05-01'))).toBe(2025);
    expect(defaultSeason(at('2026-11-22'))).toBe(2026);
  });
});

describe('the place field', () => {
  it.each([
    ['355', { kind: 'cell', index: 355 }],
    [' 0 ', { kind: 'cell', index: 0 }],
    ['50.09, 14.42', { kind: 'point', lonLat: [14.42, 50.09] }],
    ['-33.9° 18.4°', { kind: 'point', lonLat: [18.4, -33.9] }],
    ['14.40, 50.05, 14.45, 50.10', { kind: 'box', bbox: [14.4, 50.05, 14.45, 50.1] }],
    ['179.9, -17, 180.1, -16.9', { kind: 'box', bbox: [179.9, -17, 180.1, -16.9] }],
    ['179.9, -17, -179.9, -16.9', { kind: 'box', bbox: [179.9, -17, -179.9, -16.9] }],
    ['400, -17, 401, -16.9', { kind: 'unreadable' }],
    ['1200', { kind: 'no-such-cell' }],
    ['-1', { kind: 'no-such-cell' }],
    ['35.5', { kind: 'unreadable' }],
    ['91, 14', { kind: 'unreadable' }],
    ['14.45, 50.05, 14.40, 50.10', { kind: 'unreadable' }],
    ['Praha', { kind: 'unreadable' }],
    ['', { kind: 'unreadable' }],
  ])('reads %j', (text, expected) => {
    expect(parsePlace(text)).toEqual(expected);
  });
});

describe('the estimate', () => {
  it('is near what was measured for a cell: 31 to 34 MB a date', () => {
    const { hectares, pixels, megabytesPerDate } = estimateOf(gridOf(1098, 1098));
    expect(hectares).toBeCloseTo(12_056.04, 2);
    expect(pixels).toBe(1_205_604);
    expect(megabytesPerDate).toBeGreaterThan(31);
    expect(megabytesPerDate).toBeLessThan(40);
  });

  it('charges a small area with the whole tiles it lies in', () => {
    expect(estimateOf(gridOf(64, 64)).megabytesPerDate).toBeGreaterThan(8);
  });
});

describe('numbers for people', () => {
  it('group, round and carry units', () => {
    expect(formatCount(12_056)).toBe('12\u202f056');
    expect(formatMegabytes(8_440_000)).toBe('8.4\u202fMB');
    expect(formatPercent(0.1234)).toBe('12.3%');
    expect(formatDuration(65.9)).toBe('1:05');
    expect(formatLonLat([-14.42, 50.09])).toBe('50.0900° N, 14.4200° W');
  });
});

describe('a pixel', () => {
  const map = smallMap();

  it('has a class and its likeliest classes, likeliest first', () => {
    expect(classAt(map, { column: 0, row: 0 })?.name).toBe('Rapeseed');
    const likeliest = likeliestAt(map, { column: 1, row: 0 }, 3);
    expect(likeliest.map(({ cropClass }) => cropClass.code)).toEqual([6, 3, 5]);
    expect(likeliest.map(({ probability }) => probability)).toEqual([0.6, 0.24, 0.16]);
  });

  it('without data has neither', () => {
    expect(classAt(map, { column: 1, row: 1 })).toBeNull();
    expect(likeliestAt(map, { column: 1, row: 1 }, 3)).toEqual([]);
  });

  it('stops at the edges of the window', () => {
    expect(stepPixel(map, { column: 0, row: 0 }, 1, -1)).toEqual({ column: 1, row: 0 });
    expect(stepPixel(map, { column: 1, row: 1 }, 1, 1)).toEqual({ column: 1, row: 1 });
  });

  it('shows cloudy dates apart from clear ones', async () => {
    const points = pointsOf(await pixelHistory(map.history!, 0));
    expect(points.map(({ ndvi, cloudy }) => [ndvi, cloudy])).toEqual([
      [0.6, false],
      [0.1, true],
    ]);
    expect(chartData(points)).toEqual([
      [Date.UTC(2019, 3, 5) / 1000, Date.UTC(2019, 3, 10) / 1000],
      [0.6, null],
      [null, 0.1],
    ]);
  });
});

describe('stages', () => {
  const report = (stage: 'search' | 'model' | 'read', done: number, total: number) => ({
    stage,
    done,
    total,
    note: '',
    bytes: 0,
    requests: 0,
  });
  const statuses = (views: ReturnType<typeof advanceStages>) => views.map(({ status }) => status);

  it('let search and model run side by side', () => {
    const both = advanceStages(advanceStages(WAITING_STAGES, report('search', 0, 1)), report('model', 500, 1000));
    expect(statuses(both)).toEqual(['active', 'active', 'waiting', 'waiting', 'waiting']);
    expect(shareOf(both[1]!)).toBe(0.5);
  });

  it('go on with a full count while a loaded model is tested', () => {
    const testing = advanceStages(WAITING_STAGES, { ...report('model', 1000, 1000), goesOn: true });
    expect(statuses(testing)[1]).toBe('active');
    expect(statuses(advanceStages(testing, report('model', 1, 1)))[1]).toBe('done');
  });

  it('are done once a later one has begun, even where the last report was lost', () => {
    const later = advanceStages(advanceStages(WAITING_STAGES, report('model', 500, 1000)), report('read', 1, 4));
    expect(statuses(later)).toEqual(['done', 'done', 'active', 'waiting', 'waiting']);
    expect(shareOf(later[1]!)).toBe(1);
  });
});

describe('a failure', () => {
  it('carries the code, the next step, the scene to leave out and the chain of causes', () => {
    const cause = new Error('tile 3', { cause: new TypeError('bad bytes') });
    const failure = describeFailure(
      new CropError('series/scene-unreadable', { date: '2019-04-05', scene: 'S2A_1', reason: 'corrupt' }, cause),
    );
    expect(failure.code).toBe('series/scene-unreadable');
    expect(failure.message).toContain('2019-04-05');
    expect(failure.nextStep).not.toBe('');
    expect(failure.scene).toBe('S2A_1');
    expect(failure.causes).toEqual(['Error: tile 3', 'TypeError: bad bytes']);
  });

  it('of another kind still says what to do', () => {
    expect(describeFailure('odd')).toMatchObject({ message: 'odd', code: 'Error', scene: null });
  });
});

describe('padding around a fitted place', () => {
  it('keeps clear of the panels', () => {
    const padding = paddingAround(1440, 900, [
      { side: 'left', width: 384, height: 868 },
      { side: 'right', width: 348, height: 800 },
    ]);
    expect(padding).toEqual({ top: 40, right: 388, bottom: 40, left: 424 });
  });

  it('leaves something to fit into where panels cover nearly everything', () => {
    const { left, right } = paddingAround(700, 800, [
      { side: 'left', width: 400, height: 800 },
      { side: 'right', width: 300, height: 800 },
    ]);
    expect(left + right).toBeLessThan(600);
  });
});

describe('bytes kept on the device', () => {
  it('are told in the unit that fits, and little is not nothing', () => {
    expect([0, 1, 24_600, 999_999, 1_340_000, 420_000_000, 3e9].map(formatBytes)).toEqual([
      '0\u202fkB',
      '1\u202fkB',
      '25\u202fkB',
      '1\u202f000\u202fkB',
      '1.3\u202fMB',
      '420\u202fMB',
      '3.0\u202fGB',
    ]);
  });

  it('may be as many as the browser grants, in steps that meet both ends', () => {
    const budget = { asked: 3e9, counted: 3e9, least: 1e8, quota: null };
    expect(budgetScale(budget)).toEqual({ min: 1e8, max: 1e10, step: 1e8, value: 3e9 });
    const tight = { ...budget, counted: 2.6e9, quota: { granted: 5.27e9, used: 0 } };
    expect(budgetScale(tight).max).toBe(5.2e9);
    const full = { ...budget, counted: 1e7, quota: { granted: 2e7, used: 2e7 } };
    expect(budgetScale(full)).toMatchObject({ max: 3e9, value: 3e9 });
  });
});
