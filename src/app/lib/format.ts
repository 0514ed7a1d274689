import type { LonLat } from '../../geo';

const LOCALE = 'en-GB';
const BYTES_PER_KILOBYTE = 1e3;
const BYTES_PER_MEGABYTE = 1e6;
const BYTES_PER_GIGABYTE = 1e9;

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const month = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** `12 056`, with a separator that cannot break a line. */
export function formatCount(value: number): string {
  return whole.format(value).replaceAll(',', '\u202f');
}

/** Hectares: one decimal below 100, whole numbers above. */
export function formatHectares(hectares: number): string {
  return hectares < 100 ? oneDecimal.format(hectares) : formatCount(hectares);
}

/** A share of 0 to 1 as percent with one decimal. */
export function formatPercent(share: number): string {
  return `${oneDecimal.format(share * 100)}%`;
}

/** Bytes as megabytes (1e6): one decimal below 100. */
export function formatMegabytes(bytes: number): string {
  const megabytes = bytes / BYTES_PER_MEGABYTE;
  return `${megabytes < 100 ? oneDecimal.format(megabytes) : formatCount(megabytes)}\u202fMB`;
}

/** Bytes in the unit that fits, kilobytes (1e3) to gigabytes (1e9); what is small is never shown as nothing. */
export function formatBytes(bytes: number): string {
  if (bytes >= BYTES_PER_GIGABYTE) return `${oneDecimal.format(bytes / BYTES_PER_GIGABYTE)}\u202fGB`;
  if (bytes >= BYTES_PER_MEGABYTE) return formatMegabytes(bytes);
  return `${formatCount(Math.ceil(bytes / BYTES_PER_KILOBYTE))}\u202fkB`;
}

/** `1:05` of seconds; hours are rare enough to stay minutes. */
export function formatDuration(seconds: number): string {
  const rounded = Math.floor(seconds);
  return `${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, '0')}`;
}

/** `10.98 km` or `640 m`. */
export function formatLength(metres: number): string {
  return metres < 1000 ? `${formatCount(metres)}\u202fm` : `${(metres / 1000).toFixed(2)}\u202fkm`;
}

/** `50.0900° N, 14.4200° E`: four decimals are a pixel of 10 m. */
export function formatLonLat([longitude, latitude]: LonLat): string {
  const part = (value: number, positive: string, negative: string) =>
    `${Math.abs(value).toFixed(4)}° ${value < 0 ? negative : positive}`;
  return `${part(latitude, 'N', 'S')}, ${part(longitude, 'E', 'W')}`;
}

/** `5 Apr 2019` of `2019-04-05`. */
export function formatDay(isoDay: string): string {
  return shortSeptember(day.format(new Date(`${isoDay}T00:00:00Z`)));
}

/** `Apr 2019` of `2019-04-05`. */
export function formatMonth(isoDay: string): string {
  return shortSeptember(month.format(new Date(`${isoDay}T00:00:00Z`)));
}

/** `22 Nov, 15:45` of an ISO timestamp, in the reader's own time zone. */
export function formatMoment(iso: string): string {
  return shortSeptember(moment.format(new Date(iso)));
}

/** British English writes `Sept`, which would be the one month of four letters. */
function shortSeptember(text: string): string {
  return text.replace('Sept', 'Sep');
}
