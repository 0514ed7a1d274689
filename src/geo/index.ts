export { bboxesOverlap, checkBbox } from './bbox';
export { CELL_COUNT, allCells, cellByIndex, cellsAt } from './cells';
export { mgrsTile, tilesOver } from './mgrs';
export { project, unproject } from './projection';
export { TILES } from './tiles';
export type * from './types';
export { utmEpsg } from './utm';
export { gridAreaHectares, gridBounds, gridCorners, gridFromBbox, gridOutline, gridToBbox, pixelAt } from './window';
