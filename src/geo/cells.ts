import { CropError } from '../errors';
import { project } from './projection';
import { CZECH_EPSG, TILES } from './tiles';
import type { Cell, LonLat } from './types';

/** Side of a cell, metres: a tenth of a tile, and a multiple of the 10, 20 and 60 m pixels. */
const CELL_METRES = 10_980;
const CELLS_PER_SIDE = 10;
const CELLS_PER_TILE = CELLS_PER_SIDE * CELLS_PER_SIDE;
const PIXEL_METRES = 10;

/** Cells of the whole grid. */
export const CELL_COUNT = TILES.length * CELLS_PER_TILE;

/** Degrees around all tiles; a point outside is in no cell, and UTM 33 means nothing far from its meridian. */
const REACH = { west: 11, south: 48, east: 20, north: 52 } as const;

/**
 * The cell of an index, 0 to 1199.
 * @throws CropError `geo/no-such-cell`
 */
export function cellByIndex(index: number): Cell {
  const tile = TILES[Math.floor(index / CELLS_PER_TILE)];
  if (!Number.isInteger(index) || tile === undefined) {
    throw new CropError('geo/no-such-cell', { index, last: CELL_COUNT - 1 });
  }
  const inTile = index % CELLS_PER_TILE;
  const column = Math.floor(inTile / CELLS_PER_SIDE);
  const row = inTile % CELLS_PER_SIDE;
  return {
    index,
    tile: tile.name,
    grid: {
      epsg: CZECH_EPSG,
      xMin: tile.xMin + CELL_METRES * column,
      yMax: tile.yMin + CELL_METRES * (row + 1),
      pixelMetres: PIXEL_METRES,
      columns: CELL_METRES / PIXEL_METRES,
      rows: CELL_METRES / PIXEL_METRES,
    },
  };
}

/** All cells, ascending by index. */
export function allCells(): Cell[] {
  return Array.from({ length: CELL_COUNT }, (_, index) => cellByIndex(index));
}

/**
 * The cells that hold a point, ascending by index: up to four where tiles overlap, none outside the grid.
 * A point on the edge between two cells of a tile is in the eastern or northern one.
 */
export function cellsAt(point: LonLat): Cell[] {
  const [longitude, latitude] = point;
  if (longitude < REACH.west || longitude > REACH.east || latitude < REACH.south || latitude > REACH.north) return [];
  const [x, y] = project(CZECH_EPSG, point);
  return TILES.flatMap((tile, at) => {
    const column = Math.floor((x - tile.xMin) / CELL_METRES);
    const row = Math.floor((y - tile.yMin) / CELL_METRES);
    const inside = [column, row].every((step) => step >= 0 && step < CELLS_PER_SIDE);
    return inside ? [cellByIndex(at * CELLS_PER_TILE + column * CELLS_PER_SIDE + row)] : [];
  });
}
