import type { DateRange } from '../../catalog';
import {
  DEFAULT_FROM,
  DEFAULT_TO,
  SEASON_MONTHS,
  defaultSeason,
  monthsOfSeason,
  rangeOfMonths,
  seasonsUntil,
} from '../lib/months';

/** Season and months of the next map. */
export class SeasonState {
  readonly seasons: readonly number[];
  season = $state<number>(0);
  from = $state<number>(DEFAULT_FROM);
  to = $state<number>(DEFAULT_TO);

  readonly months = $derived(monthsOfSeason(this.season));
  readonly valid = $derived(this.from <= this.to);
  readonly range: DateRange | null = $derived(this.valid ? rangeOfMonths(this.season, this.from, this.to) : null);

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
    this.from = DEFAULT_FROM;
    this.to = DEFAULT_TO;
  }
}

export const season = new SeasonState(Date.now());
