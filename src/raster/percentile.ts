import { SAMPLE_SIDE } from './limits';
import type { Raster } from './raster';
import { readRect } from './read-rect';
import type { Pixels } from './types';

/**
 * A percentile (0 to 100, nearest rank) of the non-zero pixels of the smallest overview, or of the image where it has
 * none; of at most 2048 x 2048 pixels around the middle. null where all of them are 0. Usually one request.
 * Rejects as `readRect` does.
 */
export async function readOverviewPercentile(
  raster: Raster,
  percentile: number,
  signal: AbortSignal,
): Promise<number | null> {
  const smallest = raster.overviews.length - 1;
  const image = raster.overviews[smallest] ?? raster.full;
  const columns = Math.min(image.columns, SAMPLE_SIDE);
  const rows = Math.min(image.rows, SAMPLE_SIDE);
  const column = (image.columns - columns) >> 1;
  const row = (image.rows - rows) >> 1;
  const rect = { column, row, columns, rows };
  const pixels = await readRect(raster, rect, smallest < 0 ? { signal } : { signal, overview: smallest });
  return percentileOfNonZero(pixels, percentile);
}

function percentileOfNonZero(pixels: Pixels, percentile: number): number | null {
  const counts = new Uint32Array(2 ** (8 * pixels.BYTES_PER_ELEMENT));
  for (const value of pixels) counts[value] = counts[value] + 1;
  const total = pixels.length - counts[0];
  if (total === 0) return null;
  const rank = Math.min(total, Math.max(1, Math.ceil((percentile / 100) * total)));
  let below = 0;
  let value = 0;
  while (below < rank) below += counts[++value];
  return value;
}
