/** Bands of one size, each [rows, columns]. */
export interface Level {
  readonly columns: number;
  readonly rows: number;
  readonly bands: readonly Uint8Array[];
}

/** How reduced copies are made: classes take one of the pixels, quantities their mean. */
export type OverviewResampling = 'nearest' | 'average';

/** Images no larger than this, pixels along the longer side, get no overviews (GDAL's COG rules ask for none). */
const WITHOUT_OVERVIEWS = 512;

/** The smallest overview fits into one tile of this many pixels. */
const SMALLEST_OVERVIEW = 256;

/** The image and its copies of half the size each, largest first. Nodata pixels do not count in means. */
export function pyramid(full: Level, resampling: OverviewResampling, nodata: number | null): Level[] {
  const levels = [full];
  if (Math.max(full.columns, full.rows) <= WITHOUT_OVERVIEWS) return levels;
  for (let last = full; Math.max(last.columns, last.rows) > SMALLEST_OVERVIEW;) {
    last = halve(last, resampling, nodata);
    levels.push(last);
  }
  return levels;
}

function halve(level: Level, resampling: OverviewResampling, nodata: number | null): Level {
  const columns = Math.ceil(level.columns / 2);
  const rows = Math.ceil(level.rows / 2);
  const bands = level.bands.map((band) => {
    const half = new Uint8Array(columns * rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = 2 * row * level.columns + 2 * column;
        // An odd last row or column has no partner: it is its own.
        const right = 2 * column + 1 < level.columns ? 1 : 0;
        const below = 2 * row + 1 < level.rows ? level.columns : 0;
        half[row * columns + column] =
          resampling === 'nearest' ? band[at] : mean(band, [at, at + right, at + below, at + below + right], nodata);
      }
    }
    return half;
  });
  return { columns, rows, bands };
}

function mean(band: Uint8Array, places: readonly number[], nodata: number | null): number {
  let sum = 0;
  let count = 0;
  for (const at of places) {
    const value = band[at];
    if (value === nodata) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? (nodata ?? 0) : Math.round(sum / count);
}
