import type { Cell, GridWindow } from '../../geo';
import { t } from '../strings';
import { formatCount, formatLength } from './format';

/** A place a map can be made of. */
export interface Choice {
  readonly kind: 'cell' | 'area' | 'sample';
  /** `Cell 355, tile 33UVR` or `Area 640 m × 640 m`. */
  readonly title: string;
  readonly grid: GridWindow;
  /** The one tile a cell belongs to; empty where any tile may serve. */
  readonly tiles: readonly string[];
}

/** A side of a drawn area: at least a few fields, at most a cell of the Czech grid (memory grows with the area). */
export const MIN_AREA_METRES = 320;
export const MAX_AREA_METRES = 10_980;

export function choiceOfCell(cell: Cell): Choice {
  return { kind: 'cell', title: t.place.cell(cell.index, cell.tile), grid: cell.grid, tiles: [cell.tile] };
}

export function choiceOfArea(grid: GridWindow): Choice {
  const [width, height] = sidesOf(grid);
  return { kind: 'area', title: t.place.area(formatLength(width), formatLength(height)), grid, tiles: [] };
}

/** Width and height in metres. */
export function sidesOf(grid: GridWindow): [width: number, height: number] {
  return [grid.columns * grid.pixelMetres, grid.rows * grid.pixelMetres];
}

/** `10.98 km × 10.98 km, 1 098 × 1 098 pixels of 10 m`. */
export function describeSize(grid: GridWindow): string {
  const [width, height] = sidesOf(grid);
  return t.place.size(formatLength(width), formatLength(height), formatCount(grid.columns), formatCount(grid.rows));
}

/** Why an area cannot be mapped; null where it can. */
export function areaProblem(grid: GridWindow): string | null {
  const [width, height] = sidesOf(grid);
  if (Math.max(width, height) > MAX_AREA_METRES) return t.place.tooLarge(formatLength(MAX_AREA_METRES));
  if (Math.min(width, height) < MIN_AREA_METRES) return t.place.tooSmall(formatLength(MIN_AREA_METRES));
  return null;
}
