import { NODATA_LABEL } from '../crops';
import type { MapArrays, TilePlacement } from './types';

/** An empty map: "no data" everywhere. */
export function createMapArrays(columns: number, rows: number, classes: number): MapArrays {
  return {
    columns,
    rows,
    labels: new Uint8Array(rows * columns).fill(NODATA_LABEL),
    probabilities: new Uint8Array(classes * rows * columns).fill(NODATA_LABEL),
  };
}

/** Writes the part of a tile that is kept into the map. */
export function stitch(map: MapArrays, tile: MapArrays, { column, row, keep }: TilePlacement): void {
  const copy = (target: Uint8Array, source: Uint8Array, planes: number): void => {
    for (let plane = 0; plane < planes; plane += 1) {
      for (let y = keep.row; y < keep.row + keep.rows; y += 1) {
        const from = (plane * tile.rows + y - row) * tile.columns + keep.column - column;
        target.set(source.subarray(from, from + keep.columns), (plane * map.rows + y) * map.columns + keep.column);
      }
    }
  };
  copy(map.labels, tile.labels, 1);
  copy(map.probabilities, tile.probabilities, tile.probabilities.length / tile.labels.length);
}
