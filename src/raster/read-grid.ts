import { CropError } from '../errors';
import type { GridWindow } from '../geo';
import { cubicSupport, enlargeCubic, enlargeNearest, type SourcePatch } from './enlarge';
import { loadKernels } from './kernels';
import { ALIGNMENT_TOLERANCE_PIXELS } from './limits';
import { createPixels } from './pixel-types';
import type { Raster } from './raster';
import { readMasked } from './read-masked';
import type { MaskedPixels, PixelRect, RasterInfo, Resampling, SeenMap } from './types';
import { intersection, nodataOf } from './validity';

export interface ReadGridOptions {
  readonly resampling: Resampling;
  readonly signal: AbortSignal;
  /** Counted from 0, the first where left out. */
  readonly band?: number;
  /** The value that stands for no data where the file itself names none. */
  readonly nodata?: number | null;
  /** As in `ReadMaskedOptions`: what was not seen takes no part in the resampling. */
  readonly seen?: SeenMap | null;
  /**
   * Whether the outputs of an invalid pixel are invalid, as in gdalwarp. Where left out they are GDAL's when it reads a
   * coarser band (RasterIO): those that have enough valid pixels beside them get a value of these.
   */
  readonly keepHoles?: boolean;
}

/**
 * Pixels of a band on a grid as fine as the raster, or finer by a whole factor: [grid.rows, grid.columns]. A coarser
 * band is enlarged by GDAL's cubic or by nearest (see `enlargeCubic`); pixels outside the grid but inside the raster
 * take part. Places outside the raster are invalid.
 * Rejects with `raster/misaligned` (other CRS, edges off the pixels, coarser grid) and as `readMasked` does.
 */
export async function readGrid(raster: Raster, grid: GridWindow, options: ReadGridOptions): Promise<MaskedPixels> {
  const { resampling, signal, band = 0, seen = null, keepHoles = false } = options;
  const { info } = raster;
  const { factor, target } = locate(info, grid);
  const nodata = nodataOf(raster, options.nodata);
  const emptyValue = nodata ?? 0;
  const inside = intersection(target, { columns: info.columns * factor, rows: info.rows * factor });
  if (!inside) return nothing(info, target, emptyValue);
  const rect = factor === 1 ? inside : resampling === 'cubic' ? cubicRect(inside, factor) : nearestRect(inside, factor);
  let part = await readMasked(raster, rect, { signal, band, nodata, seen });
  if (factor !== 1) {
    const source = { ...part, rect, rasterColumns: info.columns, rasterRows: info.rows };
    part =
      resampling === 'cubic'
        ? enlargeCubic(source, factor, inside, nodata, await loadKernels())
        : enlargeNearest(source, factor, inside);
    if (resampling === 'cubic' && keepHoles) part = withHoles(part, source, factor, inside, emptyValue);
  }
  const isWhole = inside.columns === target.columns && inside.rows === target.rows;
  return isWhole ? part : spread(part, inside, target, nothing(info, target, emptyValue));
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

function nothing(info: RasterInfo, { columns, rows }: PixelRect, value: number): MaskedPixels {
  const size = columns * rows;
  return { pixels: createPixels(info.pixelType, size).fill(value), valid: new Uint8Array(size) };
}

/** The pixels without those whose own source pixel is invalid; changed in place. */
function withHoles(
  part: MaskedPixels,
  source: SourcePatch,
  factor: number,
  inside: PixelRect,
  emptyValue: number,
): MaskedPixels {
  const nearest = enlargeNearest(source, factor, inside).valid;
  if (nearest?.includes(0) !== true) return part;
  const { pixels } = part;
  const valid = part.valid ?? new Uint8Array(pixels.length).fill(1);
  for (let at = 0; at < valid.length; at++) {
    if (nearest[at] === 1) continue;
    valid[at] = 0;
    pixels[at] = emptyValue;
  }
  return { pixels, valid };
}

/** Copies the part that lies inside the raster to its place in the whole window. */
function spread(part: MaskedPixels, inside: PixelRect, target: PixelRect, whole: MaskedPixels): MaskedPixels {
  for (let row = 0; row < inside.rows; row++) {
    const from = row * inside.columns;
    const end = from + inside.columns;
    const to = (inside.row - target.row + row) * target.columns + inside.column - target.column;
    whole.pixels.set(part.pixels.subarray(from, end), to);
    if (part.valid === null) whole.valid?.fill(1, to, to + inside.columns);
    else whole.valid?.set(part.valid.subarray(from, end), to);
  }
  return whole;
}
