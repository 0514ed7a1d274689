import { fillInTime } from './fill';
import type { TileRect } from './pixel-store';
import type { InputSpec, SeriesDate, SeriesTile, TimeSeries } from './types';
import { DEFAULT_VALIDITY, FEWEST_DATES, patchDates } from './validity';

/** A series of which some dates may have been picked. */
type Dates = Pick<TimeSeries, 'grid' | 'pixels'> & { readonly dates: readonly Pick<SeriesDate, 'date' | 'day'>[] };

/**
 * Cuts a rectangle out of a series and normalises it: (DN - mean) / std per band, float32, no clipping (reference spec,
 * section 1.6). Dates that have no data anywhere in the rectangle are left out, and what is not valid is treated as
 * `input.validity` says.
 * @param fewest dates to keep where there are as many, however little they show; 0 for one date on its own
 * @returns `pixels[t]` is [bands, rows, columns]
 * @throws the signal's reason
 */
export async function normaliseTile(
  series: Dates,
  input: InputSpec,
  rect: TileRect,
  signal: AbortSignal,
  fewest = FEWEST_DATES,
): Promise<SeriesTile> {
  const { validity = DEFAULT_VALIDITY } = input;
  const { use, leastShare } = validity;
  if (use === 'none' && leastShare === 0) return cutTile(series, input, rect, signal);
  const dates = await patchDates(series, series.dates, rect, validity, fewest, signal);
  const tile = await cutTile({ ...series, dates }, input, rect, signal);
  const valid = dates.map((date) => date.valid);
  if (use === 'fill') fillInTime(tile.days, tile.pixels, valid);
  return use === 'mask' ? { ...tile, valid } : tile;
}

async function cutTile(series: Dates, input: InputSpec, rect: TileRect, signal: AbortSignal): Promise<SeriesTile> {
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
