/** Year, month, day; then hours, minutes, seconds with a fraction; then a zone. With or without marks between. */
const TIME =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T\s](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;

const MS_PER_SECOND = 1000;
const MS_PER_MINUTE = 60 * MS_PER_SECOND;

/**
 * Milliseconds since 1970 of a time as catalogues and product names write it, null where it is none. A time without a
 * zone is UTC, as in all of STAC: `Date.parse` takes it for the time of this computer and so moves scenes to other days.
 * @param text `2019-04-02T10:10:20.123000`, `2019-04-02 10:10:20+02:00`, `20190402T101020`
 */
export function parseUtc(text: string): number | null {
  const match = TIME.exec(text.trim());
  if (match === null) return null;
  const [year, month, day, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1, 7)
    .map((part: string | undefined) => (part === undefined ? undefined : Number(part))) as [number, number, number];
  // A leap second is the first one of the next minute for every clock that JavaScript knows.
  if (hours > 24 || minutes > 59 || seconds > 60) return null;
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const fraction = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * MS_PER_SECOND);
  const time = midnight + (hours * 60 + minutes) * MS_PER_MINUTE + seconds * MS_PER_SECOND + fraction;
  return time - zoneMinutes(match[8]) * MS_PER_MINUTE;
}

/** Minutes by which a zone is ahead of UTC. */
function zoneMinutes(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0));
}
