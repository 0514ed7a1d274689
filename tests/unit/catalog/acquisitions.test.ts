import { describe, expect, it } from 'vitest';
import { chooseScenes, fillOrder, samePass, type Scene } from '../../../src/catalog';
import { mergeScenes } from '../../../src/catalog/merge';
import { assetsOf, sceneOn } from './scenes';

const DAY = '2019-06-06';
const STRICT = { season: 2019, minDates: 0 };

/** A scene of the day at a time, `10:10:20`. */
const at = (id: string, time: string, changes: Partial<Scene> = {}): Scene =>
  sceneOn(DAY, { id, datetime: `${DAY}T${time}.000Z`, ...changes });

const choose = (...scenes: Scene[]) => {
  const { chosen, rejected } = chooseScenes(scenes, STRICT);
  return {
    chosen: chosen.map(({ id }) => id),
    rejected: rejected.map(({ scene, reason }) => `${scene.id}: ${reason}`),
  };
};
const order = (...scenes: Scene[]): string[] => fillOrder(scenes).map(({ id }) => id);

describe('two datastrips of one pass', () => {
  const north = at('north', '10:10:20', { nodataPercent: 50 });
  const south = at('south', '10:10:24', { nodataPercent: 50, sequence: 1 });

  it('complete each other, also where they were made at different times', () => {
    const made = { madeAt: '2019-06-07T00:00:00.000Z' };
    expect(choose(north, { ...south, ...made })).toEqual({ chosen: ['north', 'south'], rejected: [] });
  });

  it('are known by their datastrips where the catalogue gives the time of the data take', () => {
    const strips = [
      at('a', '10:05:00', { nodataPercent: 30, datastrip: `${DAY}T10:08:00.000Z` }),
      at('b', '10:05:00', { nodataPercent: 30, datastrip: `${DAY}T10:09:10.000Z` }),
    ];
    expect(choose(...strips).chosen).toEqual(['a', 'b']);
  });

  it('are known by their outlines', () => {
    const half = (south: number, north: number): Pick<Scene, 'footprint'> => ({
      footprint: [
        [
          [14, south],
          [15, south],
          [15, north],
          [14, north],
        ],
      ],
    });
    const beside = [
      at('a', '10:05:00', { nodataPercent: 40, ...half(50.5, 51) }),
      at('b', '10:05:00', { nodataPercent: 40, ...half(50, 50.5), processingBaseline: '05.00' }),
    ];
    expect(choose(...beside).chosen).toEqual(['a', 'b']);
  });

  it('stay both where one is a sliver, whichever comes first; the whole one fills first', () => {
    const whole = at('whole', '10:10:20', { nodataPercent: 0 });
    const sliver = at('sliver', '10:10:24', { nodataPercent: 99, sequence: 1 });
    expect(choose(whole, sliver)).toEqual({ chosen: ['whole', 'sliver'], rejected: [] });
    expect(order(sliver, whole)).toEqual(['whole', 'sliver']);
    expect(choose(sliver).rejected).toEqual(['sliver: Only 1.0 % of the tile was seen.']);
  });

  it('stay both where nothing tells what they show', () => {
    expect(choose({ ...north, nodataPercent: null }, { ...south, nodataPercent: null }).rejected).toEqual([]);
  });

  it('are judged together: one stays where it is clear, or where all of them are clear enough', () => {
    const cloudy = { ...south, cloudPercent: 90 };
    // 45 % together.
    expect(choose({ ...north, cloudPercent: 0 }, cloudy).chosen).toEqual(['north', 'south']);
    // 77 % together.
    expect(choose({ ...north, cloudPercent: 64 }, cloudy).chosen).toEqual(['north']);
  });
});

describe('two passes of one day', () => {
  const early = at('S2B', '09:57:10', { platform: 'sentinel-2b', nodataPercent: 25, cloudPercent: 2 });
  const late = at('S2A', '10:10:30', { nodataPercent: 62.5, cloudPercent: 20 });

  it('are acquisitions of their own', () => {
    expect(choose(early, late)).toEqual({ chosen: ['S2B', 'S2A'], rejected: [] });
    expect(samePass(early, late)).toBe(false);
  });

  it('are told apart by the satellite in the id, and by the data take', () => {
    const nameless = [early, late].map((scene) => ({ ...scene, id: `${scene.id}_33UVR_x`, platform: null }));
    expect(samePass(nameless[0]!, nameless[1]!)).toBe(false);
    const [a, b] = [late, at('x', '10:20:00')];
    expect(samePass(a, b)).toBe(true);
    expect(samePass({ ...a, datatake: `${DAY}T10:05:00.000Z` }, { ...b, datatake: `${DAY}T10:15:00.000Z` })).toBe(
      false,
    );
    expect(samePass(a, at('next orbit', '11:50:00'))).toBe(false);
  });

  it('lose the one that is too cloudy, not the clear one', () => {
    const cloudy = { ...late, cloudPercent: 90 };
    expect(choose(early, cloudy)).toEqual({
      chosen: ['S2B'],
      rejected: ['S2A: Clouds over 90 % of the scene; at most 65 % is allowed in June.'],
    });
  });

  it('fill a window in the order of their clearness, tiles of a pass together', () => {
    const neighbour = { ...early, id: 'neighbour', tile: '33UWR' };
    expect(order(late, early, neighbour)).toEqual(['S2B', 'neighbour', 'S2A']);
    expect(order({ ...late, cloudPercent: 1 }, early, neighbour)).toEqual(['S2A', 'S2B', 'neighbour']);
  });
});

describe('another processing', () => {
  const old = at('old', '10:10:20', { processingBaseline: '02.14' });
  const newer = at('new', '10:10:20', { processingBaseline: '05.00' });
  const used = (what: string): string => `Another processing of the same acquisition is used: new (${what}).`;

  it('wins by its baseline, whatever its number and cloud cover, and the reason says so', () => {
    expect(choose({ ...old, sequence: 3 }, { ...newer, cloudPercent: 30 })).toEqual({
      chosen: ['new'],
      rejected: [`old: ${used('baseline 05.00 instead of 02.14')}`],
    });
  });

  it('is known though its sensing time was computed otherwise', () => {
    const swath = { nodataPercent: 40 };
    expect(choose({ ...old, ...swath, datetime: `${DAY}T10:10:29.000Z` }, { ...newer, ...swath }).chosen).toEqual([
      'new',
    ]);
    const strip = { nodataPercent: 50, datastrip: `${DAY}T10:08:00.000Z` };
    expect(choose({ ...old, ...strip, datetime: `${DAY}T10:10:29.000Z` }, { ...newer, ...strip }).chosen).toEqual([
      'new',
    ]);
  });

  it('of the same baseline wins by its number, else by when it was made, else by nothing', () => {
    const twin = { ...newer, id: 'twin', processingBaseline: '05.00' };
    const made = (madeAt: string) => ({ madeAt: `${madeAt}T00:00:00.000Z` });
    expect(choose({ ...newer, sequence: 1 }, twin).rejected).toEqual([`twin: ${used('sequence 1 instead of 0')}`]);
    expect(choose({ ...newer, ...made('2023-02-01') }, { ...twin, ...made('2023-01-01') }).rejected).toEqual([
      `twin: ${used('made at 2023-02-01T00:00:00.000Z instead of 2023-01-01T00:00:00.000Z')}`,
    ]);
    expect(choose(newer, twin).rejected).toEqual([
      'new: The catalogue has this acquisition more than once: twin is used.',
    ]);
  });

  it('in two parts replaces the whole one', () => {
    const [a, b] = [at('new a', '10:10:20', { nodataPercent: 45 }), at('new b', '10:10:24', { nodataPercent: 54 })];
    const parts = [a, b].map((part) => ({ ...part, processingBaseline: '05.00' }));
    expect(choose(old, ...parts)).toEqual({
      chosen: ['new a', 'new b'],
      rejected: [
        'old: Another processing of the same acquisition is used: new b, new a (baseline 05.00 instead of 02.14).',
      ],
    });
  });

  it('does not take what it does not have: the older one completes it', () => {
    const partial = { ...newer, nodataPercent: 60 };
    expect(choose(old, partial).chosen).toEqual(['new', 'old']);
    expect(order(old, partial)).toEqual(['new', 'old']);
    const sliver = { ...newer, nodataPercent: 99.5 };
    expect(choose(old, sliver).chosen).toEqual(['old']);
  });

  it('is not taken where it is too cloudy or lacks a file', () => {
    expect(choose(old, { ...newer, cloudPercent: 80 }).chosen).toEqual(['old']);
    expect(choose(old, { ...newer, assets: assetsOf('new', ['B02']) }).chosen).toEqual(['old']);
  });

  it('is not another satellite', () => {
    expect(choose(old, { ...newer, platform: 'Sentinel-2B' }).chosen).toEqual(['new', 'old']);
  });
});

describe('a pass over midnight', () => {
  const before = sceneOn('2019-06-06', { id: 'before', datetime: '2019-06-06T23:59:58.000Z', nodataPercent: 60 });
  const after = sceneOn('2019-06-07', { id: 'after', datetime: '2019-06-07T00:00:04.000Z', nodataPercent: 40 });

  it('has one date, that of its beginning, for all tiles and alternatives', () => {
    const neighbour = { ...after, id: 'neighbour', tile: '33UVQ' };
    const copy = { ...after, id: 'copy' };
    const merged = mergeScenes([
      ...[before, after, neighbour].map((scene) => ({ scene, rank: 0 })),
      { scene: copy, rank: 1 },
    ]);
    expect(merged.map(({ id, date }) => [id, date])).toEqual([
      ['before', DAY],
      ['after', DAY],
      ['neighbour', DAY],
    ]);
    expect(merged.flatMap(({ alternatives }) => alternatives ?? []).map(({ id, date }) => [id, date])).toEqual([
      ['copy', DAY],
    ]);
    expect(chooseScenes(merged, STRICT).chosen).toHaveLength(3);
  });

  it('is not the pass of another satellite, nor of the next day', () => {
    const other = { ...after, platform: 'sentinel-2b' };
    const next = { ...before, id: 'next', datetime: '2019-06-07T23:59:58.000Z', date: '2019-06-07' };
    const dates = mergeScenes([before, other, next].map((scene) => ({ scene, rank: 0 }))).map(({ date }) => date);
    expect(dates).toEqual(['2019-06-06', '2019-06-07', '2019-06-07']);
  });
});

describe('parts of a pass in several archives', () => {
  const part = (id: string, time: string, nodataPercent: number, changes: Partial<Scene> = {}): Scene =>
    at(id, time, { nodataPercent, ...changes });
  const merge = (...sources: Scene[][]) =>
    mergeScenes(sources.flatMap((scenes, rank) => scenes.map((scene) => ({ scene, rank })))).map(
      ({ id, alternatives = [] }) => [id, ...alternatives.map((other) => other.id)],
    );

  it('each have their own copies as alternatives, by the share they show', () => {
    expect(
      merge(
        [part('a0', '10:10:20', 30), part('a1', '10:10:24', 70)],
        [part('b1', '10:02:00', 69), part('b0', '10:02:00', 31)],
      ),
    ).toEqual([
      ['a0', 'b0'],
      ['a1', 'b1'],
    ]);
  });

  it('are paired by their datastrips', () => {
    const [north, south] = [`${DAY}T10:08:00.000Z`, `${DAY}T10:09:00.000Z`];
    expect(
      merge(
        [part('a0', '10:10:20', 50, { datastrip: north }), part('a1', '10:10:24', 50, { datastrip: south })],
        [part('b1', '10:02:00', 50, { datastrip: south }), part('b0', '10:02:00', 50, { datastrip: north })],
      ),
    ).toEqual([
      ['a0', 'b0'],
      ['a1', 'b1'],
    ]);
  });

  it('stand for themselves where the preferred archive has lost them', () => {
    const found = merge([part('a1', '10:10:24', 70)], [part('b0', '10:02:00', 30), part('b1', '10:02:00', 70)]);
    expect(found).toEqual([['b0'], ['a1', 'b1']]);
  });

  it('are no loss where the preferred archive has the whole, and the whole stands in for each of them', () => {
    const whole = part('whole', '10:10:22', 0);
    const parts = [part('p0', '10:10:20', 50), part('p1', '10:10:24', 50)];
    expect(merge([whole], parts)).toEqual([['whole', 'p1', 'p0']]);
    expect(merge(parts, [whole])).toEqual([
      ['p0', 'whole'],
      ['p1', 'whole'],
    ]);
  });
});
