import { describe, expect, it } from 'vitest';
import type { Scene } from '../../../src/catalog';
import { keepClearest } from '../../../src/job/clearest';

const scene = (id: string, date: string, cloudPercent: number | null): Scene =>
  ({ id, date, cloudPercent }) as unknown as Scene;

const SCENES = [
  scene('a', '2018-04-01', 20),
  scene('b1', '2018-05-01', 0),
  scene('b2', '2018-05-01', 30),
  scene('c', '2018-06-01', null),
  scene('d', '2018-07-01', 5),
  scene('e', '2018-08-01', 15),
];

const ids = (scenes: readonly Scene[]) => scenes.map(({ id }) => id);

describe('keepClearest', () => {
  it('keeps all dates where no number is given', () => {
    expect(keepClearest(SCENES)).toEqual({ chosen: SCENES, rejected: [] });
  });

  it('keeps whole dates, clear on average, in their order; the earlier of equal ones; unknown cloud last', () => {
    expect(ids(keepClearest(SCENES, 1).chosen)).toEqual(['d']);
    expect(ids(keepClearest(SCENES, 2).chosen)).toEqual(['b1', 'b2', 'd']);
    expect(ids(keepClearest(SCENES, 4).chosen)).toEqual(['a', 'b1', 'b2', 'd', 'e']);
  });

  it('says why of the others', () => {
    const { rejected } = keepClearest(SCENES, 4);
    expect(rejected).toEqual([{ scene: SCENES[3], reason: 'Not among the 4 clearest dates asked for.' }]);
  });
});
