import type { TileRect } from './pixel-store';
import type { InputSpec, SeriesDate, SeriesTile, TimeSeries } from './types';

/**
 * Cuts a rectangle out of a series and normalises it: (DN - mean) / std per band, float32, no clipping (reference spec,
 * section 1.6). Dates that have no data anywhere in the rectangle are left out.
 * @returns `pixels[t]` is [bands, rows, columns]
 * @throws the signal's reason
 */
export async function normaliseTile(
  series: Pick<TimeSeries, 'pixels'> & { readonly dates: readonly Pick<SeriesDate, 'date' | 'day'>[] },
  input: InputSpec,
  rect: TileRect,
  signal: AbortSignal,
): Promise<SeriesTile> {
  const days: number[] = [];
  const pixels: Float32Array<ArrayBuffer>[] = [];
  const room = series.pixels.roomFor(rect);
  for (const { date, day } of series.dates) {
    signal.throwIfAborted();
    const tile = normalise(await series.pixels.read(date, rect, room), input, rect.rows * rect.columns);
    if (tile === null) continue;
    pixels.push(tile);
    days.push(day);
  }
  return { rows: rect.rows, columns: rect.columns, days, pixels };
}

/** One date of the rectangle, [bands, pixels], or null where it holds no data. */
function normalise(dn: Uint16Array, { mean, std }: InputSpec, size: number): Float32Array<ArrayBuffer> | null {
  const out = new Float32Array(dn.length);
  let any = 0;
  for (let band = 0; band * size < dn.length; band++) {
    const bandMean = mean[band]!;
    const bandStd = std[band]!;
    for (let at = band * size; at < (band + 1) * size; at++) {
      const value = dn[at]!;
      any |= value;
      out[at] = (value - bandMean) / bandStd;
    }
  }
  return any === 0 ? null : out;
}
