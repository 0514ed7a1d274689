import { NODATA_LABEL } from '../crops';
import { softmaxToBytes } from './softmax';
import type { MapBytes, TilePlacement, TileScores } from './types';

/** An empty map: "no data" everywhere. */
export function createCanvas(columns: number, rows: number, classes: number): MapBytes {
  return {
    columns,
    rows,
    labels: new Uint8Array(rows * columns).fill(NODATA_LABEL),
    probabilities: new Uint8Array(classes * rows * columns).fill(NODATA_LABEL),
  };
}

/** Turns a tile's scores into labels and probabilities and writes the part that is kept into the map. */
export function paintTile(canvas: MapBytes, placement: TilePlacement, scores: TileScores): void {
  const tile = softmaxToBytes(scores);
  const { column, row, keep } = placement;
  const copy = (target: Uint8Array, source: Uint8Array, planes: number): void => {
    for (let plane = 0; plane < planes; plane += 1) {
      for (let y = keep.row; y < keep.row + keep.rows; y += 1) {
        const from = (plane * tile.rows + y - row) * tile.columns + keep.column - column;
        target.set(
          source.subarray(from, from + keep.columns),
          (plane * canvas.rows + y) * canvas.columns + keep.column,
        );
      }
    }
  };
  copy(canvas.labels, tile.labels, 1);
  copy(canvas.probabilities, tile.probabilities, tile.probabilities.length / tile.labels.length);
}
