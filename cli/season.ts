import { DEFAULT_MONTHS, seasonRange, type DateRange } from '../src/catalog';
import type { OptionValues } from './parse';
import { atMostOne, badValue } from './values';

/**
 * The days asked for: `--months` (default March to September), or `--from` and `--to` within the season.
 * @throws cli/usage-bad-value, cli/usage-conflict, catalog/bad-months, catalog/bad-season
 */
export function dateRange(values: OptionValues, season: number): DateRange {
  atMostOne(values, ['months', 'from']);
  atMostOne(values, ['months', 'to']);
  if (!values.has('from') && !values.has('to')) return seasonRange(season, values.get('months') ?? DEFAULT_MONTHS);
  const whole = seasonRange(season);
  const range = { from: day(values, 'from', whole) ?? whole.from, to: day(values, 'to', whole) ?? whole.to };
  if (range.from > range.to) throw badValue('from', range.from, `it lies after --to ${range.to}`, 'an earlier day');
  return range;
}

function day(values: OptionValues, name: 'from' | 'to', whole: DateRange): string | undefined {
  const value = values.get(name);
  if (value === undefined) return undefined;
  if (!isDay(value)) throw badValue(name, value, 'it is not a day of the calendar', 'a day as YYYY-MM-DD');
  if (value < whole.from || value > whole.to) {
    throw badValue(name, value, 'it is not in the season', `a day from ${whole.from} to ${whole.to}`);
  }
  return value;
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}
