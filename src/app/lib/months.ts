import { calendarMonth, SEASON_MONTHS } from '../../catalog';

/** A season is worth mapping once its July has passed; before that, the last whole one is offered. */
const AUGUST = 8;

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
    const { year, month } = calendarMonth(season, index);
    return { index, year, month, label: `${SHORT_NAMES[month - 1]} ${year}` };
  });
}

/** The newest season whose growing months have passed at a time (milliseconds since 1970). */
export function defaultSeason(now: number): number {
  const date = new Date(now);
  const year = date.getUTCFullYear();
  return date.getUTCMonth() + 1 >= AUGUST ? year : year - 1;
}
