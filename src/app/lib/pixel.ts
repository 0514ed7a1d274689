import { NODATA_LABEL, type CropClass } from '../../crops';
import type { CropMap } from '../../job';
import { PROBABILITY_SCALE } from '../../segment';

/** Position in a map's window, top left first. */
export interface PixelPosition {
  readonly column: number;
  readonly row: number;
}

export interface ClassProbability {
  readonly cropClass: CropClass;
  /** 0 to 1. */
  readonly probability: number;
}

/** Stored for every class of a pixel without data. */
const NODATA_PROBABILITY = 255;

/** Class of a pixel; null where the map has no data. */
export function classAt(map: CropMap, { column, row }: PixelPosition): CropClass | null {
  const code = map.labels[row * map.grid.columns + column];
  if (code === undefined || code === NODATA_LABEL) return null;
  return map.card.classes.find((candidate) => candidate.code === code) ?? null;
}

/** The likeliest classes of a pixel, likeliest first; empty where the map has no data. */
export function likeliestAt(map: CropMap, { column, row }: PixelPosition, count: number): ClassProbability[] {
  const pixels = map.grid.columns * map.grid.rows;
  const at = row * map.grid.columns + column;
  const scored: ClassProbability[] = [];
  for (const [index, cropClass] of map.card.classes.entries()) {
    const stored = map.probabilities[index * pixels + at];
    if (stored === undefined || stored === NODATA_PROBABILITY) return [];
    scored.push({ cropClass, probability: stored / PROBABILITY_SCALE });
  }
  return scored.sort((a, b) => b.probability - a.probability).slice(0, count);
}

/** Moves inside the window; stops at its edges. */
export function stepPixel(map: CropMap, from: PixelPosition, columns: number, rows: number): PixelPosition {
  const clamp = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
  return {
    column: clamp(from.column + columns, map.grid.columns),
    row: clamp(from.row + rows, map.grid.rows),
  };
}
