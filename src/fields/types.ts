import type { CropClass } from '../crops';
import type { GridWindow } from '../geo';

/**
 * One connected patch of equal labels. Rings are pixel corners x, y, x, y, ... with (0, 0) at the outer corner of the
 * top left pixel and y downwards; the first corner is repeated at the end; only true corners are kept.
 */
export interface TracedPolygon {
  readonly label: number;
  /** Size in pixels, holes not counted. */
  readonly pixels: number;
  /** Number of the patch in the region map it was traced from. */
  readonly region: number;
  /** Counter-clockwise where north is up. */
  readonly exterior: Int32Array;
  /** Clockwise where north is up. */
  readonly holes: readonly Int32Array[];
}

/** 4-connected patches of equal labels. */
export interface RegionMap {
  readonly columns: number;
  readonly rows: number;
  /** Patch number per pixel, 0 to count - 1, in order of first appearance (row by row). */
  readonly regions: Int32Array;
  readonly count: number;
  /** Label of each patch. */
  readonly labels: Uint8Array;
  /** Pixels of each patch. */
  readonly pixels: Int32Array;
}

/** What polygons are made from: a crop map, wherever it came from. */
export interface LabelledGrid {
  readonly grid: GridWindow;
  readonly classes: readonly CropClass[];
  /** Class code per pixel, 255 = no data. */
  readonly labels: Uint8Array;
  /** [classes, rows, columns], probability x `probabilityScale`, 255 = no data. */
  readonly probabilities: Uint8Array;
  /** Stored value of probability 1. */
  readonly probabilityScale: number;
}
