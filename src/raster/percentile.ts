import { SAMPLE_SIDE } from './limits';
import type { Raster } from './raster';
import { readMasked } from './read-masked';
import type { SeenMap } from './types';

/**
 * A percentile (0 to 100, nearest rank) of the valid, non-zero pixels of the smallest overview, or of the image where it
 * has none; of at most 2048 x 2048 pixels around the middle. null where there are none. Usually one request.
 * Pixels in a hole of `seen` are left out. `nodata` stands for no data where the file names no value. Rejects as `readMasked` does.
 */
export async function readOverviewPercentile(
  raster: Raster,
  percentile: number,
  signal: AbortSignal,
  nodata: number | null = null,
  seen: SeenMap | null = null,
): Promise<number | null> {
  const smallest = raster.overviews.length - 1;
  const image = raster.overviews[smallest] ?? raster.full;
  const columns = Math.min(image.columns, SAMPLE_SIDE);
  const rows = Math.min(image.rows, SAMPLE_SIDE);
  const column = (image.columns - columns) >> 1;
  const row = (image.rows - rows) >> 1;
  const rect = { column, row, columns, rows };
  const which = smallest < 0 ? {} : { overview: smallest };
  const { pixels, valid } = await readMasked(raster, rect, { signal, nodata, seen, ...which });
  const values = pixels.filter((value, at) => value !== 0 && valid?.[at] !== 0).sort();
  const rank = Math.min(values.length, Math.max(1, Math.ceil((percentile / 100) * values.length)));
  return values[rank - 1] ?? null;
}
