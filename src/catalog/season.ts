import { CropError } from '../errors';
import type { DateRange } from './types';

/** Months of a season: September of the year before is 0, January is 4, October is 13. */
export const SEASON_MONTHS = 14;

/** Sentinel-2A sent its first images in summer 2015, so this is the first season with any. */
const FIRST_SEASON = 2016;

/** March to September, what a map is usually made of: the window of the published networks. */
export const DEFAULT_MONTHS = '3-9';

/** Calendar month (1 to 12) of month 0 of a season. */
const FIRST_MONTH = 9;

const MONTHS_PER_YEAR = 12;

/** First and last month of a window, both inclusive, as months of a season (0 to 13). */
interface MonthWindow {
  readonly first: number;
  readonly last: number;
}

const WHOLE_SEASON: MonthWindow = { first: 0, last: SEASON_MONTHS - 1 };

/**
 * Reads months as people write them: `3-9` is March to September of the season's year, `9p-10` begins in September of
 * the year before (`9p` to `12p`), `6` is one month.
 * @throws CropError `catalog/bad-months`
 */
export function parseMonths(months: string): MonthWindow {
  const fail = (reason: string): never => {
    throw new CropError('catalog/bad-months', { months, reason });
  };
  const match = /^\s*(\d{1,2}p?)\s*(?:-\s*(\d{1,2}p?)\s*)?$/i.exec(months);
  if (match === null) return fail('it is not a month or two months with a hyphen');
  const [first, last] = [match[1]!, match[2] ?? match[1]!].map(monthIndex) as [number, number];
  for (const [index, text] of [
    [first, match[1]],
    [last, match[2]],
  ] as const) {
    if (!(index >= 0 && index < SEASON_MONTHS)) fail(`${text} is not between 9p and 10`);
  }
  return first > last ? fail('the first month comes after the last') : { first, last };
}

/**
 * Days of a season, or of a part of it: season S goes from 1 September S-1 to 31 October S.
 * @param months as `parseMonths` reads them; the whole season where left out
 * @throws CropError `catalog/bad-season`, `catalog/bad-months`
 */
export function seasonRange(season: number, months?: string): DateRange {
  if (!Number.isInteger(season) || season < FIRST_SEASON || season > 9999) {
    throw new CropError('catalog/bad-season', { season, first: FIRST_SEASON });
  }
  return rangeOfMonths(season, months === undefined ? WHOLE_SEASON : parseMonths(months));
}

/** First day of the first to last day of the last month of a window. */
export function rangeOfMonths(season: number, { first, last }: MonthWindow): DateRange {
  return { from: dayOfSeason(season, first, 1), to: dayOfSeason(season, last + 1, 0) };
}

/** Calendar year and month (1 to 12) of a month of a season (0 to 13). */
export function calendarMonth(season: number, month: number): { readonly year: number; readonly month: number } {
  const sinceJanuary = FIRST_MONTH - 1 + month;
  return {
    year: season - 1 + Math.floor(sinceJanuary / MONTHS_PER_YEAR),
    month: (sinceJanuary % MONTHS_PER_YEAR) + 1,
  };
}

/** Seasons that have begun at a time (milliseconds since 1970, UTC), newest first. */
export function seasonsUntil(now: number): number[] {
  const newest = Math.floor(seasonMonth(0, new Date(now).toISOString()) / MONTHS_PER_YEAR);
  return Array.from({ length: newest - FIRST_SEASON + 1 }, (_, at) => newest - at);
}

/** Month of a season (0 to 13 inside, other numbers outside) in which a day lies. */
export function seasonMonth(season: number, date: string): number {
  const [year, month] = date.split('-').map(Number) as [number, number];
  return (year - (season - 1)) * MONTHS_PER_YEAR + month - FIRST_MONTH;
}

/**
 * Checks that a range is two calendar days in order.
 * @throws CropError `catalog/bad-range`
 */
export function checkRange({ from, to }: DateRange): void {
  if (!isDay(from) || !isDay(to) || from > to) throw new CropError('catalog/bad-range', { from, to });
}

/** `9p` is 0 and `10` is 13; what is no month is NaN. */
function monthIndex(text: string): number {
  const previous = /p$/i.test(text);
  const month = Number.parseInt(text, 10);
  if (month < 1 || month > MONTHS_PER_YEAR) return Number.NaN;
  return month - FIRST_MONTH + (previous ? 0 : MONTHS_PER_YEAR);
}

/** Day of a month of a season; day 0 is the last day of the month before, as `Date.UTC` counts. */
function dayOfSeason(season: number, month: number, day: number): string {
  return new Date(Date.UTC(season - 1, FIRST_MONTH - 1 + month, day)).toISOString().slice(0, 10);
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Engines differ on 31 April: some refuse it, some roll it over.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
