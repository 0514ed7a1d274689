/** When day 0 of a network's calendar is: the predecessor's networks count from 1 September before the season. */
export interface DateReference {
  readonly month: number;
  readonly day: number;
  readonly yearsBeforeSeason: number;
}

const MILLISECONDS_PER_DAY = 86_400_000;

/** Day 0 of a season as YYYY-MM-DD. */
export function referenceDate(season: number, reference: DateReference): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${season - reference.yearsBeforeSeason}-${pad(reference.month)}-${pad(reference.day)}`;
}

/** Whole days from `reference` to `date`, both YYYY-MM-DD in UTC; negative before the reference. */
export function daysSince(reference: string, date: string): number {
  return Math.round((Date.parse(`${date}T00:00:00Z`) - Date.parse(`${reference}T00:00:00Z`)) / MILLISECONDS_PER_DAY);
}
