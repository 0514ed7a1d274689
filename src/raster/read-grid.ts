import { CropError } from '../errors';
import type { GridWindow } from '../geo';
import { cubicSupport, enlargeCubic, enlargeNearest, restoreNodata } from './enlarge';
import { loadKernels } from './kernels';
import { ALIGNMENT_TOLERANCE_PIXELS } from './limits';
import type { Raster } from './raster';
import { readRect } from './read-rect';
import type { PixelRect, Pixels, RasterInfo, Resampling } from './types';

export interface ReadGridOptions {
  readonly resampling: Resampling;
  readonly signal: AbortSignal;
  /** Counted from 0, the first where left out. */
  readonly band?: number;
  /**
   * Where the source pixel that an output pixel lies in is nodata, the output is nodata too. On where left out; off, the
   * result is GDAL's for a band without a nodata value. The two differ only at those pixels: around them, zeros take
   * part in the cubic exactly as in the predecessor, which read SAFE products that name no nodata value.
   */
  readonly keepNodata?: boolean;
}

/**
 * Pixels of a band on a grid as fine as the raster, or finer by a whole factor: [grid.rows, grid.columns]. A coarser
 * band is enlarged by GDAL's cubic or by nearest (see `enlargeCubic`); pixels outside the grid but inside the raster
 * take part. Places outside the raster hold its nodata value, 0 where it names none.
 * Rejects with `raster/misaligned` (other CRS, edges off the pixels, coarser grid) and as `readRect` does.
 */
export async function readGrid(raster: Raster, grid: GridWindow, options: ReadGridOptions): Promise<Pixels> {
  const { resampling, signal, band = 0, keepNodata = true } = options;
  const { factor, target } = locate(raster.info, grid);
  if (factor === 1) return readRect(raster, target, { signal, band });

  const inside = intersect(target, { columns: raster.info.columns * factor, rows: raster.info.rows * factor });
  const nodata = raster.info.nodata ?? 0;
  if (!inside) return empty(raster.info, target, nodata);
  const rect = resampling === 'cubic' ? cubicRect(inside, factor) : nearestRect(inside, factor);
  const pixels = await readRect(raster, rect, { signal, band });
  const source = { pixels, rect, rasterColumns: raster.info.columns, rasterRows: raster.info.rows };
  const enlarged =
    resampling === 'cubic'
      ? enlargeCubic(source, factor, inside, await loadKernels())
      : enlargeNearest(source, factor, inside);
  if (resampling === 'cubic' && keepNodata) restoreNodata(enlarged, source, factor, inside, nodata);
  return inside.columns === target.columns && inside.rows === target.rows
    ? enlarged
    : spread(enlarged, inside, target, empty(raster.info, target, nodata));
}

/** Where the grid lies in the raster's pixels enlarged by `factor`. */
function locate(info: RasterInfo, grid: GridWindow): { factor: number; target: PixelRect } {
  const misaligned = (what: string) => new CropError('raster/misaligned', { url: info.url, what });
  if (info.epsg !== grid.epsg) throw misaligned(`EPSG ${info.epsg ?? 'unknown'} instead of ${grid.epsg}`);
  const factor = Math.round(info.pixelMetres / grid.pixelMetres);
  const column = (grid.xMin - info.xMin) / grid.pixelMetres;
  const row = (info.yMax - grid.yMax) / grid.pixelMetres;
  // An error of the pixel size adds up over the raster, so it is judged at the raster's far edge.
  const drift = (info.pixelMetres / grid.pixelMetres - factor) * Math.max(info.columns, info.rows);
  if (factor < 1 || Math.abs(drift) > ALIGNMENT_TOLERANCE_PIXELS) {
    throw misaligned(`pixels of ${info.pixelMetres} m instead of ${grid.pixelMetres} m or a multiple`);
  }
  if (!isWhole(column) || !isWhole(row)) throw misaligned(`its corner lies ${column}, ${row} pixels away`);
  const target = { column: Math.round(column), row: Math.round(row), columns: grid.columns, rows: grid.rows };
  return { factor, target };
}

function isWhole(pixels: number): boolean {
  return Math.abs(pixels - Math.round(pixels)) <= ALIGNMENT_TOLERANCE_PIXELS;
}

function intersect(rect: PixelRect, size: { readonly columns: number; readonly rows: number }): PixelRect | null {
  const column = Math.max(rect.column, 0);
  const row = Math.max(rect.row, 0);
  const columns = Math.min(rect.column + rect.columns, size.columns) - column;
  const rows = Math.min(rect.row + rect.rows, size.rows) - row;
  return columns > 0 && rows > 0 ? { column, row, columns, rows } : null;
}

function cubicRect(target: PixelRect, factor: number): PixelRect {
  const across = cubicSupport(target.column, target.columns, factor);
  const down = cubicSupport(target.row, target.rows, factor);
  return { column: across.first, row: down.first, columns: across.count, rows: down.count };
}

function nearestRect(target: PixelRect, factor: number): PixelRect {
  const column = Math.floor(target.column / factor);
  const row = Math.floor(target.row / factor);
  const columns = Math.ceil((target.column + target.columns) / factor) - column;
  const rows = Math.ceil((target.row + target.rows) / factor) - row;
  return { column, row, columns, rows };
}

function empty(info: RasterInfo, rect: PixelRect, value: number): Pixels {
  const pixels = rect.columns * rect.rows;
  return (info.bitsPerSample === 8 ? new Uint8Array(pixels) : new Uint16Array(pixels)).fill(value);
}

/** Copies the part that lies inside the raster to its place in the whole window. */
function spread(part: Pixels, inside: PixelRect, target: PixelRect, whole: Pixels): Pixels {
  for (let row = 0; row < inside.rows; row++) {
    const from = row * inside.columns;
    const to = (inside.row - target.row + row) * target.columns + inside.column - target.column;
    whole.set(part.subarray(from, from + inside.columns), to);
  }
  return whole;
}
