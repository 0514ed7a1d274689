import { describe, expect, it } from 'vitest';
import type { Scene } from '../../../src/catalog';
import type { GridWindow } from '../../../src/geo';
import { keepClearest } from '../../../src/job/clearest';

/** 4 km around 15 degrees east, 49.9 north: half of it on either side of the meridian. */
const GRID: GridWindow = { epsg: 32633, xMin: 498_000, yMax: 5_530_000, pixelMetres: 10, columns: 400, rows: 400 };

const scene = (id: string, date: string, cloudPercent: number | null, changes: Partial<Scene> = {}): Scene =>
  ({
    ...{ id, date, datetime: `${date}T10:10:00.000Z`, cloudPercent, tile: '33UVR', platform: 'sentinel-2a' },
    ...{ bbox: null, nodataPercent: null, processingBaseline: null, sequence: 0, ...changes },
  }) as Scene;

const box = (west: number, south: number, east: number, north: number) => ({
  footprint: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ] as [number, number][][],
});
const ALL = box(14, 49, 16, 51);
const WEST = box(14, 49, 15, 51);
const EAST = box(15, 49, 16, 51);
const AWAY = box(16, 49, 17, 51);

const ids = (scenes: readonly Scene[]) => scenes.map(({ id }) => id);

describe('the clearest dates of a window', () => {
  it('are all where no number is given', () => {
    const scenes = [scene('a', '2018-04-01', 20, AWAY), scene('b', '2018-05-01', null)];
    expect(keepClearest(scenes, GRID)).toEqual({ chosen: scenes, rejected: [] });
  });

  it('are the least cloudy of those that show it whole, the earlier of equal ones, unknown cloud last', () => {
    const scenes = [
      scene('a', '2018-04-01', 20, ALL),
      scene('b', '2018-05-01', 15),
      scene('c', '2018-06-01', null, ALL),
      scene('d', '2018-07-01', 5, { bbox: [14, 49, 16, 51] }),
      scene('e', '2018-08-01', 15, ALL),
    ];
    expect(ids(keepClearest(scenes, GRID, 1).chosen)).toEqual(['d']);
    expect(ids(keepClearest(scenes, GRID, 2).chosen)).toEqual(['b', 'd']);
    const { chosen, rejected } = keepClearest(scenes, GRID, 4);
    expect(ids(chosen)).toEqual(['a', 'b', 'd', 'e']);
    expect(rejected).toEqual([{ scene: scenes[2], reason: 'Not among the 4 clearest dates asked for.' }]);
  });

  it('touch the window by their outline, else by their box', () => {
    const scenes = [
      scene('beside', '2018-04-01', 0, AWAY),
      scene('box beside', '2018-04-06', 0, { bbox: [16, 49, 17, 51] }),
      scene('box over, outline beside', '2018-04-11', 0, { ...AWAY, bbox: [14, 49, 17, 51] }),
      scene('over', '2018-04-16', 40, ALL),
    ];
    const { chosen, rejected } = keepClearest(scenes, GRID, 2);
    expect(ids(chosen)).toEqual(['over']);
    expect(rejected.map(({ reason }) => reason)).toEqual(Array(3).fill('Its outline does not touch the area.'));
  });

  it('count by what their scenes show together', () => {
    const scenes = [
      scene('half', '2018-04-01', 0, WEST),
      scene('west', '2018-04-06', 20, WEST),
      scene('east', '2018-04-06', 30, { ...EAST, tile: '33UWR' }),
      scene('whole', '2018-04-11', 40, ALL),
    ];
    expect(ids(keepClearest(scenes, GRID, 1).chosen)).toEqual(['west', 'east']);
    expect(ids(keepClearest(scenes, GRID, 2).chosen)).toEqual(['west', 'east', 'whole']);
  });

  it('take a cloudy pass for what the clear one of the day leaves open', () => {
    const scenes = [
      scene('cloudy', '2018-04-01', 60, ALL),
      scene('clear', '2018-04-01', 0, { ...ALL, platform: 'sentinel-2b' }),
      scene('fair', '2018-04-06', 10, ALL),
    ];
    expect(ids(keepClearest(scenes, GRID, 1).chosen)).toEqual(['cloudy', 'clear']);
  });

  it('expect of a box the share of the tile that was seen', () => {
    const bbox = [14, 49, 16, 51] as const;
    const scenes = [
      scene('rim', '2018-04-01', 0, { bbox, nodataPercent: 90 }),
      scene('whole', '2018-04-06', 50, { bbox, nodataPercent: 0 }),
    ];
    expect(ids(keepClearest(scenes, GRID, 1).chosen)).toEqual(['whole']);
  });
});
