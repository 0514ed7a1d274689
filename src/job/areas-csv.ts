import type { ClassArea } from './types';

const HECTARE_DECIMALS = 2;
const SHARE_DECIMALS = 4;

/** Area per class as CSV (RFC 4180: CRLF, quotes where a name holds a comma or a quote). */
export function areasCsv(areas: readonly ClassArea[]): string {
  const rows = areas.map(({ code, name, pixels, hectares, share }) =>
    [code, field(name), pixels, hectares.toFixed(HECTARE_DECIMALS), share.toFixed(SHARE_DECIMALS)].join(','),
  );
  return ['code,class,pixels,hectares,share', ...rows, ''].join('\r\n');
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
