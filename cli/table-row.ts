import { type PlaceRow, SERIES_BANDS } from '../src/job';

/** Digits behind the point: a thousandth of an NDVI is finer than the sensor, a tenth of a DN finer than its steps. */
const SHARE_DIGITS = 4;
const DN_DIGITS = 1;

/** A column of the long table. */
export interface TableColumn {
  readonly name: string;
  readonly type: 'STRING' | 'INT32' | 'DOUBLE';
  readonly of: (row: PlaceRow) => string | number | null;
}

/** Columns of the long table: what place and day, how much of it was seen, NDVI, then three quartiles of each band. */
export const TABLE_COLUMNS: readonly TableColumn[] = [
  { name: 'id', type: 'STRING', of: ({ id }) => id },
  { name: 'date', type: 'STRING', of: ({ date }) => date },
  { name: 'pixels', type: 'INT32', of: ({ pixels }) => pixels },
  { name: 'valid', type: 'DOUBLE', of: ({ validShare }) => rounded(validShare, SHARE_DIGITS) },
  { name: 'cloud', type: 'DOUBLE', of: ({ cloudShare }) => rounded(cloudShare, SHARE_DIGITS) },
  { name: 'ndvi', type: 'DOUBLE', of: ({ ndvi }) => rounded(ndvi, SHARE_DIGITS) },
  ...SERIES_BANDS.flatMap((band, nth) =>
    (['lower', 'median', 'upper'] as const).map((part, quarter): TableColumn => ({
      name: `${band}_q${25 * (quarter + 1)}`,
      type: 'DOUBLE',
      of: ({ bands }) => rounded(bands[nth]?.[part] ?? null, DN_DIGITS),
    })),
  ),
];

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
