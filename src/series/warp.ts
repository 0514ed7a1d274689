import { type GridWindow, project, unproject } from '../geo';
import {
  createPixels,
  type MaskedPixels,
  nodataOf,
  type Raster,
  type RasterInfo,
  readMasked,
  type SeenMap,
  storeIn,
} from '../raster';
import { cubicSampler, nearestSampler, warp, type WarpSource } from './warp-kernels';

interface WarpOptions {
  /** Reflectance by cubic convolution, classes by nearest. */
  readonly resampling: 'cubic' | 'nearest';
  readonly signal: AbortSignal;
  /** The value that stands for no data where the file itself names none. */
  readonly nodata?: number | null;
  /** Places in the CRS of the raster that count as no data whatever lies there. */
  readonly seen?: SeenMap | null;
}

/**
 * Pixels of the grid between two places whose position in the source is computed exactly; those in between are
 * interpolated. Over 32 pixels of 10 m two UTM zones bend against each other by 2 mm, so this is exact to 0.001 pixel.
 */
const NODE_STEP = 32;

/** Source pixels around the outermost position that the cubic may touch. */
const KERNEL_REACH = 2;

/**
 * Where each pixel of a grid lies in a raster of another CRS: nodes of [rows, columns], in source pixels, where the
 * centre of the top left pixel is 0, 0.
 */
export interface PositionNodes {
  readonly columns: number;
  readonly rows: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * Pixels of a raster on a grid in another UTM zone, [grid.rows, grid.columns]: each output pixel's centre is looked up
 * in the source (inverse mapping). Places outside the raster, and those whose nearest source pixel has no data, are
 * invalid.
 * Rejects as `readMasked` does, with `geo/unknown-crs` for other systems than UTM, or with the signal's reason.
 */
export async function warpToGrid(raster: Raster, grid: GridWindow, options: WarpOptions): Promise<MaskedPixels> {
  const { info } = raster;
  const { resampling, signal, seen = null } = options;
  const nodata = nodataOf(raster, options.nodata);
  const nodes = positionsIn(info, grid);
  const rect = rectAround(nodes);
  const size = grid.rows * grid.columns;
  const output = createPixels(info.pixelType, size).fill(nodata ?? 0);
  if (!touches(rect, info)) return { pixels: output, valid: new Uint8Array(size) };
  const part = await readMasked(raster, rect, { signal, nodata, seen });
  const source: WarpSource = { ...rect, ...part };
  const valid = new Uint8Array(size).fill(1);
  const [sample, store] =
    resampling === 'nearest'
      ? [nearestSampler(source), (value: number) => value]
      : [cubicSampler(source), storeIn(info.pixelType, nodata)];
  warp(rect, nodes, NODE_STEP, grid, sample, store, output, valid);
  return { pixels: output, valid: valid.includes(0) ? valid : null };
}

/** Exact positions at every `NODE_STEP`-th pixel of the grid and one step past its end. */
function positionsIn(info: RasterInfo, grid: GridWindow): PositionNodes {
  const columns = Math.ceil(grid.columns / NODE_STEP) + 1;
  const rows = Math.ceil(grid.rows / NODE_STEP) + 1;
  const x = new Float64Array(columns * rows);
  const y = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const gridX = grid.xMin + (column * NODE_STEP + 0.5) * grid.pixelMetres;
      const gridY = grid.yMax - (row * NODE_STEP + 0.5) * grid.pixelMetres;
      const [sourceX, sourceY] = project(info.epsg ?? grid.epsg, unproject(grid.epsg, gridX, gridY));
      x[row * columns + column] = (sourceX - info.xMin) / info.pixelMetres - 0.5;
      y[row * columns + column] = (info.yMax - sourceY) / info.pixelMetres - 0.5;
    }
  }
  return { columns, rows, x, y };
}

function rectAround({ x, y }: PositionNodes): { column: number; row: number; columns: number; rows: number } {
  const [left, right] = extremes(x);
  const [top, bottom] = extremes(y);
  const column = Math.floor(left) - KERNEL_REACH;
  const row = Math.floor(top) - KERNEL_REACH;
  return {
    column,
    row,
    columns: Math.ceil(right) + KERNEL_REACH - column + 1,
    rows: Math.ceil(bottom) + KERNEL_REACH - row + 1,
  };
}

function extremes(values: Float64Array): [least: number, most: number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function touches(rect: { column: number; row: number; columns: number; rows: number }, info: RasterInfo): boolean {
  const across = rect.column < info.columns && rect.column + rect.columns > 0;
  return across && rect.row < info.rows && rect.row + rect.rows > 0;
}
