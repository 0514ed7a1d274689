import type { DateRange } from '../src/catalog';
import { atMostOne, badValue } from './values';
import type { OptionValues } from './parse';

/** Sentinel-2A has delivered since the summer of 2015; the season of 2016 begins in the September after. */
export const FIRST_SEASON = 2016;
/** Not a forecast: a bound that catches typing errors. */
export const LAST_SEASON = 2099;

/** March to September: the window of the published networks. */
const DEFAULT_MONTHS = '3-9';

/** The season of year S has the months 9 to 12 of S-1, written `9p` to `12p`, and 1 to 10 of S. */
const FIRST_MONTH_BEFORE = 9;
const LAST_MONTH = 10;
const MONTHS_PER_YEAR = 12;

const MONTHS_EXPECTED = 'months of the season in order, such as 3-9, 6 or 9p-10 (p: of the year before)';

/** First and last day of a season, both inclusive. */
export function seasonRange(season: number): DateRange {
  return { from: `${season - 1}-09-01`, to: `${season}-10-31` };
}

/**
 * The days asked for: `--months` (default March to September) or `--from` and `--to` within the season.
 * @throws cli/usage-bad-value, cli/usage-conflict
 */
export function dateRange(values: OptionValues, season: number): DateRange {
  atMostOne(values, ['months', 'from']);
  atMostOne(values, ['months', 'to']);
  if (!values.has('from') && !values.has('to')) return monthsRange(values.get('months') ?? DEFAULT_MONTHS, season);
  const whole = seasonRange(season);
  const range = { from: day(values, 'from', whole) ?? whole.from, to: day(values, 'to', whole) ?? whole.to };
  if (range.from > range.to) throw badValue('from', range.from, `it lies after --to ${range.to}`, 'an earlier day');
  return range;
}

/** `3-9`, `9p-10`, `6`: first day of the first month to last day of the last one. */
export function monthsRange(months: string, season: number): DateRange {
  const match = /^(\d{1,2}p?)(?:-(\d{1,2}p?))?$/.exec(months);
  if (match === null) throw badValue('months', months, 'it is not written as A-B', MONTHS_EXPECTED);
  const [first, last] = [match[1], match[2] ?? match[1]].map((month) => monthsSinceJanuary(month, months));
  if (first > last) throw badValue('months', months, 'the first month lies after the last', MONTHS_EXPECTED);
  const [from, to] = [utcDay(season, first, 1), utcDay(season, last + 1, 0)];
  return { from, to };
}

/** Months since January of the season's year: `9p` is -4, `10` is 9. */
function monthsSinceJanuary(text: string, months: string): number {
  const month = Number.parseInt(text, 10);
  const before = text.endsWith('p');
  const [least, most] = before ? [FIRST_MONTH_BEFORE, MONTHS_PER_YEAR] : [1, LAST_MONTH];
  if (month < least || month > most) {
    throw badValue('months', months, `month ${text} is not in the season (9p to 12p and 1 to 10 are)`, MONTHS_EXPECTED);
  }
  return before ? month - 1 - MONTHS_PER_YEAR : month - 1;
}

function day(values: OptionValues, name: 'from' | 'to', whole: DateRange): string | undefined {
  const value = values.get(name);
  if (value === undefined) return undefined;
  const real = /^\d{4}-\d{2}-\d{2}$/.test(value) && isoDay(Date.parse(`${value}T00:00:00Z`)) === value;
  if (!real) throw badValue(name, value, 'it is not a day of the calendar', 'a day as YYYY-MM-DD');
  if (value < whole.from || value > whole.to) {
    throw badValue(name, value, 'it is not in the season', `a day from ${whole.from} to ${whole.to}`);
  }
  return value;
}

/** Day 0 is the last day of the month before. */
function utcDay(season: number, month: number, dayOfMonth: number): string {
  return isoDay(Date.UTC(season, month, dayOfMonth));
}

function isoDay(milliseconds: number): string {
  return Number.isNaN(milliseconds) ? '' : new Date(milliseconds).toISOString().slice(0, 10);
}
