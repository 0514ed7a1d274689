import { DEFAULT_MONTHS, parseMonths, rangeOfMonths, SEASON_MONTHS, seasonsUntil, type DateRange } from '../../catalog';
import { defaultSeason, monthsOfSeason } from '../lib/months';

const USUAL = parseMonths(DEFAULT_MONTHS);

/** Season and months of the next map. */
export class SeasonState {
  readonly seasons: readonly number[];
  season = $state<number>(0);
  from = $state<number>(USUAL.first);
  to = $state<number>(USUAL.last);

  readonly months = $derived(monthsOfSeason(this.season));
  readonly valid = $derived(this.from <= this.to);
  readonly range: DateRange | null = $derived(
    this.valid ? rangeOfMonths(this.season, { first: this.from, last: this.to }) : null,
  );

  constructor(now: number) {
    this.seasons = seasonsUntil(now);
    this.season = defaultSeason(now);
  }

  /** All fourteen months of a season: what the sample was painted for. */
  chooseWhole(season: number): void {
    this.season = season;
    this.from = 0;
    this.to = SEASON_MONTHS - 1;
  }

  /** Back to the months a map is usually made of. */
  chooseUsual(): void {
    this.from = USUAL.first;
    this.to = USUAL.last;
  }
}

export const season = new SeasonState(Date.now());
