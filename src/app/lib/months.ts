import type { DateRange } from '../../catalog';

/** A season runs from September of the year before to October: 14 months, as in the training data. */
export const SEASON_MONTHS = 14;

/** First season with two Sentinel-2 satellites in orbit before its spring. */
export const FIRST_SEASON = 2017;

/** March and September: the window of the predecessor. */
export const DEFAULT_FROM = 6;
export const DEFAULT_TO = 12;

/** September, zero-based: index 0 of a season. */
const SEPTEMBER = 8;
/** A season is worth mapping once its July has passed; before that, the last whole one is offered. */
const AUGUST = 7;

const SHORT_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** One month of a season. */
export interface SeasonMonth {
  /** 0 (September of the year before) to 13 (October of the season's year). */
  readonly index: number;
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** `Mar 2019`. */
  readonly label: string;
}

/** The fourteen months of a season, in order. */
export function monthsOfSeason(season: number): SeasonMonth[] {
  return Array.from({ length: SEASON_MONTHS }, (_, index) => {
    const monthsSinceJanuary = SEPTEMBER + index;
    const year = season - 1 + Math.floor(monthsSinceJanuary / 12);
    const month = (monthsSinceJanuary % 12) + 1;
    return { index, year, month, label: `${SHORT_NAMES[month - 1]} ${year}` };
  });
}

/** First day of month `from` to last day of month `to` of a season, both indices inclusive. */
export function rangeOfMonths(season: number, from: number, to: number): DateRange {
  const months = monthsOfSeason(season);
  const first = months[from]!;
  const last = months[to]!;
  const lastDay = new Date(Date.UTC(last.year, last.month, 0)).getUTCDate();
  return { from: day(first, 1), to: day(last, lastDay) };
}

/** Seasons on offer at a time (milliseconds since 1970), newest first: the current year's is included from its first September on. */
export function seasonsUntil(now: number): number[] {
  const { year, month } = monthOf(now);
  const newest = month >= SEPTEMBER ? year + 1 : year;
  return Array.from({ length: newest - FIRST_SEASON + 1 }, (_, at) => newest - at);
}

/** The newest season whose growing months have passed. */
export function defaultSeason(now: number): number {
  const { year, month } = monthOf(now);
  return month >= AUGUST ? year : year - 1;
}

/** Year and zero-based month, UTC, of milliseconds since 1970. */
function monthOf(now: number): { year: number; month: number } {
  const date = new Date(now);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() };
}

function day(month: SeasonMonth, dayOfMonth: number): string {
  return `${month.year}-${String(month.month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
}
