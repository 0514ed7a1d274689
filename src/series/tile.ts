import type { InputSpec, SeriesTile, TimeSeries } from './types';

/** A rectangle of a series in window pixels. */
export interface TileRect {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Cuts a rectangle out of a series and normalises it: (DN - mean) / std per band, float32, no clipping (reference spec,
 * section 1.6). Dates that have no data anywhere in the rectangle are left out.
 * @returns `pixels[t]` is [bands, rows, columns]
 */
export function normaliseTile(series: TimeSeries, input: InputSpec, rect: TileRect): SeriesTile {
  const days: number[] = [];
  const pixels: Float32Array<ArrayBuffer>[] = [];
  series.dn.forEach((dn, date) => {
    const tile = normaliseDate(dn, series, input, rect);
    if (tile === null) return;
    pixels.push(tile);
    days.push(series.dates[date]!.day);
  });
  return { rows: rect.rows, columns: rect.columns, days, pixels };
}

/** One date of the rectangle, or null where it holds no data. */
function normaliseDate(
  dn: Uint16Array,
  { grid }: TimeSeries,
  input: InputSpec,
  rect: TileRect,
): Float32Array<ArrayBuffer> | null {
  const bandSize = grid.rows * grid.columns;
  const out = new Float32Array(input.bands.length * rect.rows * rect.columns);
  let at = 0;
  let any = 0;
  for (let band = 0; band < input.bands.length; band++) {
    const mean = input.mean[band]!;
    const std = input.std[band]!;
    for (let row = rect.row; row < rect.row + rect.rows; row++) {
      const from = band * bandSize + row * grid.columns + rect.column;
      for (let source = from; source < from + rect.columns; source++) {
        const value = dn[source]!;
        any |= value;
        out[at++] = (value - mean) / std;
      }
    }
  }
  return any === 0 ? null : out;
}
