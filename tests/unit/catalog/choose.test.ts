import { describe, expect, it } from 'vitest';
import { chooseScenes, type RejectedScene, type Scene, searchScenes, seasonRange } from '../../../src/catalog';
import { memoryTransport } from '../../support/memory-transport';
import { readShared, sharedDataMissing } from '../../support/shared-data';
import { assetsOf, sceneOn } from './scenes';

const SEASON = { season: 2019 };
/** Takes the strict table however few scenes pass. */
const STRICT = { ...SEASON, minDates: 0 };

const dates = (scenes: readonly Scene[]): string[] => scenes.map(({ date }) => date);
const reasons = (rejected: readonly RejectedScene[]): string[] => rejected.map(({ reason }) => reason);

describe('which scenes are worth reading', () => {
  it.each([
    ['2018-09-20', 65],
    ['2018-12-31', 65],
    ['2019-02-28', 45],
    ['2019-05-31', 65],
    ['2019-09-30', 45],
    ['2019-10-31', 45],
  ])('takes %s with up to %d percent of clouds', (date, limit) => {
    const under = sceneOn(date, { cloudPercent: limit });
    const over = sceneOn(date, { id: 'over', cloudPercent: limit + 0.4 });
    expect(chooseScenes([under], STRICT).chosen).toEqual([under]);
    expect(reasons(chooseScenes([over], STRICT).rejected)[0]).toContain(`at most ${limit} % is allowed in`);
  });

  it('respects the window, both of its last days included, and the season', () => {
    const days = ['2018-08-31', '2018-09-01', '2019-03-01', '2019-03-31', '2019-04-01', '2019-10-31', '2019-11-01'];
    const scenes = days.map((day) => sceneOn(day));
    expect(dates(chooseScenes(scenes, STRICT).chosen)).toEqual(days.slice(1, -1));
    const march = chooseScenes(scenes, { ...STRICT, range: seasonRange(2019, '3') });
    expect(dates(march.chosen)).toEqual(['2019-03-01', '2019-03-31']);
    expect(reasons(march.rejected)).toEqual([
      'Outside the season 2019 (September 2018 to October 2019).',
      ...Array.from({ length: 3 }, () => 'Outside the chosen days (2019-03-01 to 2019-03-31).'),
      'Outside the season 2019 (September 2018 to October 2019).',
    ]);
  });

  it('keeps a single hit of a month, and all hits by default', () => {
    const days = ['2019-06-01', '2019-06-06', '2019-06-11', '2019-06-16', '2019-06-21', '2019-06-26', '2019-07-03'];
    expect(
      dates(
        chooseScenes(
          days.map((day) => sceneOn(day)),
          STRICT,
        ).chosen,
      ),
    ).toEqual(days);
  });

  it('takes the clearest of a month, ties by time, where asked to', () => {
    const scenes = [
      sceneOn('2019-06-01', { cloudPercent: 30 }),
      sceneOn('2019-06-06', { cloudPercent: 5 }),
      sceneOn('2019-06-11', { cloudPercent: 5, nodataPercent: 60 }),
      sceneOn('2019-06-16', { cloudPercent: 5 }),
      sceneOn('2019-06-21', { cloudPercent: null }),
      sceneOn('2019-07-01', { cloudPercent: 60 }),
    ];
    const { chosen, rejected } = chooseScenes(scenes, { ...STRICT, maxPerMonth: 2 });
    expect(dates(chosen)).toEqual(['2019-06-06', '2019-06-16', '2019-07-01']);
    expect(reasons(rejected)).toEqual(Array.from({ length: 3 }, () => 'The month has 2 clearer dates.'));
    expect(dates(chooseScenes(scenes, { ...STRICT, maxPerMonth: 1 }).chosen)).toEqual(['2019-06-06', '2019-07-01']);
  });

  it('leaves out snow, empty corners and scenes without a band', () => {
    const scenes = [
      sceneOn('2019-01-05', { snowPercent: 40 }),
      sceneOn('2019-01-10', { snowPercent: 41 }),
      sceneOn('2019-01-15', { nodataPercent: 99.6 }),
      sceneOn('2019-01-20', { assets: assetsOf('x', ['B02', 'SCL']) }),
      sceneOn('2019-01-25', { cloudPercent: null, snowPercent: null, nodataPercent: null }),
    ];
    const { chosen, rejected } = chooseScenes(scenes, STRICT);
    expect(dates(chosen)).toEqual(['2019-01-05', '2019-01-25']);
    expect(reasons(rejected)).toEqual([
      'Snow on 41 % of the scene; at most 40 % is allowed.',
      'Only 0.4 % of the tile was seen.',
      'The catalogue has no file for B03, B04, B05, B06, B07, B08, B8A, B11, B12.',
    ]);
    expect(dates(chooseScenes(scenes, { ...STRICT, requiredAssets: ['B02'] }).chosen)).toContain('2019-01-20');
  });

  it('takes the newest processing of a tile and day, and keeps other tiles', () => {
    const [old, first, second, neighbour] = [
      sceneOn('2019-06-06', { id: 'old', processingBaseline: '02.12', sequence: 3 }),
      sceneOn('2019-06-06', { id: 'first', processingBaseline: '05.00', sequence: 0 }),
      sceneOn('2019-06-06', { id: 'second', processingBaseline: '05.00', sequence: 1 }),
      sceneOn('2019-06-06', { id: 'neighbour', tile: '33UWR' }),
    ];
    const { chosen, rejected } = chooseScenes([second, neighbour, old, first], STRICT);
    expect(chosen).toEqual([neighbour, second]);
    expect(rejected.map(({ scene }) => scene.id)).toEqual(['first', 'old']);
    expect(reasons(rejected)).toEqual([
      'Another processing of the same acquisition is used: second (sequence 1 instead of 0).',
      'Another processing of the same acquisition is used: second (baseline 05.00 instead of 02.12).',
    ]);
  });

  it('falls back on an older processing where the newest one has no files', () => {
    const broken = sceneOn('2019-06-06', { id: 'broken', processingBaseline: '05.00', assets: {} });
    const whole = sceneOn('2019-06-06', { id: 'whole' });
    expect(chooseScenes([broken, whole], STRICT).chosen).toEqual([whole]);
  });

  it('orders the chosen by time and accounts for every scene', () => {
    const scenes = ['2019-07-01', '2019-03-01', '2019-05-01'].map((day, at) => sceneOn(day, { cloudPercent: at * 40 }));
    const { chosen, rejected } = chooseScenes(scenes, STRICT);
    expect(dates(chosen)).toEqual(['2019-03-01', '2019-07-01']);
    expect(chosen.length + rejected.length).toBe(scenes.length);
  });
});

describe('looser limits', () => {
  const cloudy = (day: string): Scene => sceneOn(day, { cloudPercent: 80 });

  it('are taken for the whole window where fewer than eight dates pass, month by month', () => {
    const clear = [1, 2, 3, 4, 5, 6, 7].map((day) => sceneOn(`2019-04-0${day}`));
    const dull = ['2018-11-11', '2019-05-11', '2019-06-11', '2019-08-11', '2019-09-11'].map(cloudy);
    const choice = chooseScenes([...clear, ...dull], SEASON);
    expect(choice.relaxed).toBe(true);
    // 85 % in June, August and September, but still 65 % in November and 75 % in May.
    expect(dates(choice.chosen).slice(7)).toEqual(['2019-06-11', '2019-08-11', '2019-09-11']);
    expect(reasons(choice.rejected)[0]).toBe(
      'Clouds over 80 % of the scene; at most 65 % is allowed in November of the year before.',
    );
    expect(choice.rejected).toHaveLength(2);
  });

  it('are not taken where eight dates pass', () => {
    const clear = [1, 2, 3, 4, 5, 6, 7, 8].map((day) => sceneOn(`2019-04-0${day}`));
    const choice = chooseScenes([...clear, cloudy('2019-06-11')], SEASON);
    expect([choice.relaxed, choice.chosen.length]).toEqual([false, 8]);
  });

  it('count days, not tiles', () => {
    const clear = [1, 2, 3, 4].flatMap((day) => [
      sceneOn(`2019-04-0${day}`),
      sceneOn(`2019-04-0${day}`, { id: `other${day}`, tile: '33UWR' }),
    ]);
    expect(chooseScenes([...clear, cloudy('2019-06-11')], SEASON).relaxed).toBe(true);
  });

  it('are not claimed where they bring nothing', () => {
    const choice = chooseScenes([sceneOn('2019-04-01'), sceneOn('2019-04-02', { cloudPercent: 99 })], SEASON);
    expect([choice.relaxed, choice.chosen.length]).toEqual([false, 1]);
  });
});

describe.skipIf(sharedDataMissing('flanders-2018/items.json'))('on the Flanders series', () => {
  it('takes what the month table lets through in the season of 2018', async () => {
    const items = readShared('flanders-2018/items.json') as {
      features: { properties: Record<string, unknown> }[];
    };
    const transport = memoryTransport(new Map([['file:///f/items.json', items]]));
    const source = { kind: 'static', url: 'file:///f', title: 'Flanders' } as const;
    const query = { bbox: [3.02, 50.814, 3.028, 50.818], range: seasonRange(2018, '3-10') } as const;
    const scenes = await searchScenes(source, query, { transport, signal: new AbortController().signal });
    const { chosen, relaxed } = chooseScenes(scenes, { season: 2018 });
    const expected = items.features.filter(({ properties }) => {
      const month = Number(String(properties['datetime']).slice(5, 7));
      const inWindow = String(properties['datetime']).startsWith('2018') && month >= 3 && month <= 10;
      const snow = Number(properties['s2:snow_ice_percentage']);
      return inWindow && snow <= 40 && Number(properties['eo:cloud_cover']) <= (month >= 9 ? 45 : 65);
    });
    expect(expected.length).toBeGreaterThan(30);
    expect(dates(chosen)).toEqual(expected.map(({ properties }) => String(properties['datetime']).slice(0, 10)));
    expect(relaxed).toBe(false);
  });
});
