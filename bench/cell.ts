import type { GridWindow } from '../src/geo';
import type { PixelRect, Resampling } from '../src/raster';
import { TILE_CORNER } from './layout.ts';

/** Side of a cell, pixels of 10 m. */
const CELL = 1098;

/** A cell in the middle of the tile: row 4, column 4 of ten by ten. */
export const MIDDLE_CELL = 44;

/** One file of the cell-date and the part of it that is read. */
export interface CellAsset {
  readonly name: string;
  readonly url: string;
  readonly resampling: Resampling;
  readonly pixelMetres: 10 | 20;
  /** The cell in the file's own pixels. */
  readonly rect: PixelRect;
}

const TEN_METRE = ['B02', 'B03', 'B04', 'B08'];
const TWENTY_METRE = ['B05', 'B06', 'B07', 'B8A', 'B11', 'B12', 'SCL'];

/** A cell of the tile, pixels of 10 m, by its number: 0 to 99, row by row. */
export function cellGrid(number: number): GridWindow {
  const metres = CELL * 10;
  return {
    epsg: TILE_CORNER.epsg,
    xMin: TILE_CORNER.xMin + (number % 10) * metres,
    yMax: TILE_CORNER.yMax - Math.floor(number / 10) * metres,
    pixelMetres: 10,
    columns: CELL,
    rows: CELL,
  };
}

/** The ten bands and the scene classification of one date, as a server at `root` has them. */
export function cellAssets(root: string, grid: GridWindow, date = 0): CellAsset[] {
  const rectOf = (pixelMetres: number): PixelRect => ({
    column: (grid.xMin - TILE_CORNER.xMin) / pixelMetres,
    row: (TILE_CORNER.yMax - grid.yMax) / pixelMetres,
    columns: (grid.columns * 10) / pixelMetres,
    rows: (grid.rows * 10) / pixelMetres,
  });
  return [...TEN_METRE, ...TWENTY_METRE].map((name) => {
    const pixelMetres = TEN_METRE.includes(name) ? 10 : 20;
    return {
      name,
      url: `${root}/scenes/${date}/${name}.tif`,
      resampling: name === 'SCL' ? 'nearest' : 'cubic',
      pixelMetres,
      rect: rectOf(pixelMetres),
    };
  });
}
