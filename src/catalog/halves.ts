import type { DateRange } from './types';

const MS_PER_DAY = 24 * 60 * 60 * 1000;

/** A range of days in two, neither empty; null for a single day. */
export function halvesOf({ from, to }: DateRange): [DateRange, DateRange] | null {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const days = Math.round((last - first) / MS_PER_DAY) + 1;
  if (days < 2) return null;
  const middle = first + Math.floor(days / 2) * MS_PER_DAY;
  return [
    { from, to: dayOf(middle - MS_PER_DAY) },
    { from: dayOf(middle), to },
  ];
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
