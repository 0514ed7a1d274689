import { describe, expect, it } from 'vitest';
import {
  calendarMonth,
  CLOUD_LIMITS,
  DEFAULT_MONTHS,
  parseMonths,
  rangeOfMonths,
  seasonRange,
  seasonsUntil,
} from '../../../src/catalog';
import { isCropError } from '../../../src/errors';

function failure(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return expect.fail('expected an error');
}

describe('season', () => {
  it.each([
    [2019, undefined, '2018-09-01', '2019-10-31'],
    [2019, '3-9', '2019-03-01', '2019-09-30'],
    [2019, '9p-10', '2018-09-01', '2019-10-31'],
    [2019, '12p-2', '2018-12-01', '2019-02-28'],
    [2020, '2', '2020-02-01', '2020-02-29'],
    [2021, '10p', '2020-10-01', '2020-10-31'],
    [2021, ' 9P - 10 ', '2020-09-01', '2021-10-31'],
  ])('%d %s is %s to %s', (season, months, from, to) => {
    expect(seasonRange(season, months)).toEqual({ from, to });
  });

  it('counts months from September of the year before', () => {
    expect(parseMonths('9p-10')).toEqual({ first: 0, last: 13 });
    expect(parseMonths('3-9')).toEqual({ first: 6, last: 12 });
    expect(CLOUD_LIMITS).toHaveLength(14);
    expect(CLOUD_LIMITS[parseMonths('2').first]).toMatchObject({ month: 'February', strict: 45 });
  });

  it('makes a range of months with both ends inside, leap years included', () => {
    expect(rangeOfMonths(2019, parseMonths(DEFAULT_MONTHS))).toEqual({ from: '2019-03-01', to: '2019-09-30' });
    expect(rangeOfMonths(2020, { first: 0, last: 5 })).toEqual({ from: '2019-09-01', to: '2020-02-29' });
    expect(rangeOfMonths(2019, { first: 3, last: 3 })).toEqual({ from: '2018-12-01', to: '2018-12-31' });
  });

  it('has its months in two years', () => {
    expect([0, 3, 4, 13].map((month) => calendarMonth(2019, month))).toEqual([
      { year: 2018, month: 9 },
      { year: 2018, month: 12 },
      { year: 2019, month: 1 },
      { year: 2019, month: 10 },
    ]);
  });

  it('is on offer from its first September on; the page offers no season that the terminal refuses, nor fewer', () => {
    const at = (day: string) => seasonsUntil(Date.parse(`${day}T23:59:59Z`));
    expect(at('2026-08-31')[0]).toBe(2026);
    expect(at('2026-09-01')[0]).toBe(2027);
    const oldest = at('2026-09-01').at(-1)!;
    expect(seasonRange(oldest)).toEqual({ from: '2015-09-01', to: '2016-10-31' });
    expect(
      isCropError(
        failure(() => seasonRange(oldest - 1)),
        'catalog/bad-season',
      ),
    ).toBe(true);
  });

  it.each(['', 'March', '3-', '0-3', '13', '11', '8p', '9-3', '10-9p', '3-9-10'])(
    'refuses the months "%s"',
    (months) => {
      const error = failure(() => parseMonths(months));
      expect(isCropError(error, 'catalog/bad-months') && error.nextStep).toContain('9p-10');
    },
  );

  it.each([2015, 2019.5, Number.NaN, 20190])('refuses the season %d', (season) => {
    expect(
      isCropError(
        failure(() => seasonRange(season)),
        'catalog/bad-season',
      ),
    ).toBe(true);
  });
});
