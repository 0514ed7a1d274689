import type { GridWindow } from '../../geo';

const SQUARE_METRES_PER_HECTARE = 10_000;

/** Side of the internal tiles of the COGs, pixels: a window is paid for in whole tiles. */
const TILE_PIXELS_10M = 1024;
const TILE_PIXELS_20M = 512;
/** Measured on a deflated 1024 x 1024 uint16 tile of a 10 m band, 10 % smaller than real scenes are: 1.34 MB. */
const MEGABYTES_PER_TILE_10M = 1.45;
/** A quarter of the pixels, the same bytes per pixel. */
const MEGABYTES_PER_TILE_20M = MEGABYTES_PER_TILE_10M / 4;
/** B02 B03 B04 B08. */
const BANDS_10M = 4;
/** B05 B06 B07 B8A B12 in tiles of 512 pixels; B11 alone comes in tiles of 1024. */
const BANDS_20M = 5;

/** What a window costs, before anything has been asked of a server. */
export interface Estimate {
  readonly hectares: number;
  readonly pixels: number;
  /** Megabytes (1e6 bytes) of one date from a public archive of full Sentinel-2 tiles. */
  readonly megabytesPerDate: number;
}

/**
 * Area, pixels and the bytes of one date. The bytes are the mean over all positions of a window against the tile lattice
 * of the public COGs; a cell of 1098 pixels gives 36 MB, measured were 31 to 34 MB.
 */
export function estimateOf(grid: GridWindow): Estimate {
  const tiles10 = tilesTouched(grid, 1, TILE_PIXELS_10M);
  const tiles20 = tilesTouched(grid, 2, TILE_PIXELS_20M);
  const tilesB11 = tilesTouched(grid, 2, TILE_PIXELS_10M);
  const megabytesPerDate =
    BANDS_10M * tiles10 * MEGABYTES_PER_TILE_10M +
    BANDS_20M * tiles20 * MEGABYTES_PER_TILE_20M +
    tilesB11 * MEGABYTES_PER_TILE_10M;
  const pixels = grid.columns * grid.rows;
  return { hectares: (pixels * grid.pixelMetres ** 2) / SQUARE_METRES_PER_HECTARE, pixels, megabytesPerDate };
}

/** Mean number of tiles a window touches, over all its positions; `factor` is the band's pixel over the window's. */
function tilesTouched(grid: GridWindow, factor: number, tilePixels: number): number {
  const along = (pixels: number) => 1 + (pixels / factor - 1) / tilePixels;
  return along(grid.columns) * along(grid.rows);
}
