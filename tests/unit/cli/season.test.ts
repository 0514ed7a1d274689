import { describe, expect, it } from 'vitest';
import { dateRange } from '../../../cli/season';
import { isCropError } from '../../../src/errors';
import { rejection } from './support';

const range = (options: Record<string, string>, season = 2018) => dateRange(new Map(Object.entries(options)), season);

describe('dateRange', () => {
  it('takes March to September where nothing is said', () => {
    expect(range({})).toEqual({ from: '2018-03-01', to: '2018-09-30' });
  });

  it.each([
    ['3-10', '2018-03-01', '2018-10-31'],
    ['9p-10', '2017-09-01', '2018-10-31'],
    ['12p', '2017-12-01', '2017-12-31'],
  ])('reads months %s to the last day', (months, from, to) => {
    expect(range({ months })).toEqual({ from, to });
  });

  it('takes days, and the ends of the season for a missing one', () => {
    expect(range({ from: '2018-03-15', to: '2018-06-01' })).toEqual({ from: '2018-03-15', to: '2018-06-01' });
    expect(range({ from: '2018-03-15' })).toEqual({ from: '2018-03-15', to: '2018-10-31' });
    expect(range({ to: '2017-12-01' })).toEqual({ from: '2017-09-01', to: '2017-12-01' });
  });

  it.each([
    [{ months: '9-3' }, 'catalog/bad-months', 'the first month comes after the last'],
    [{ from: '2018-02-30' }, 'cli/usage-bad-value', 'not a day of the calendar'],
    [{ from: '15.3.2018' }, 'cli/usage-bad-value', 'not a day of the calendar'],
    [{ from: '2019-03-01' }, 'cli/usage-bad-value', 'not in the season'],
    [{ from: '2018-06-02', to: '2018-06-01' }, 'cli/usage-bad-value', 'lies after --to'],
    [{ months: '3-9', to: '2018-06-01' }, 'cli/usage-conflict', '--months and --to'],
  ])('refuses %j', async (options, code, message) => {
    const error = await rejection(() => range(options as unknown as Record<string, string>));
    expect(isCropError(error) && error.code).toBe(code);
    expect((error as Error).message).toContain(message);
  });
});
