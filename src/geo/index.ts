export { bboxesOverlap, checkBbox } from './bbox';
export { cutAtAntimeridian } from './antimeridian';
export { CELL_COUNT, allCells, cellByIndex, cellsAt } from './cells';
export { bboxWidth, splitBbox, unwrapBbox, wrapBbox, wrapLongitude } from './longitude';
export { mgrsTile, tileBbox, tilesOver } from './mgrs';
export { project, unproject } from './projection';
export { TILES } from './tiles';
export type * from './types';
export { utmEpsg } from './utm';
export {
  gridAreaHectares,
  gridBounds,
  gridCorners,
  gridFromBbox,
  gridOutline,
  gridPoints,
  gridToBbox,
  MAX_SIDE_METRES,
  PIXEL_METRES,
  pixelAt,
} from './window';
