import type { Kernels } from './kernels';
import { asPixels } from './pixel-types';
import { hostSamples } from './predictor';
import { rowsOfTile, samplesPerTilePixel, type TiffImage } from './tiff-image';
import { PREDICTOR } from './tiff-codes';
import type { PixelRect, Pixels } from './types';

export interface TilePlace {
  readonly tileColumn: number;
  readonly tileRow: number;
  readonly band: number;
}

/**
 * Copies the part of a decoded tile that lies inside `rect` into `target` ([rect.rows, rect.columns]) and undoes the
 * horizontal predictor (TIFF 6.0, section 14) of the rows that are needed, on the way or, where `kernels` can, in place.
 * `decoded` is used up.
 */
export function placeTile(
  decoded: Uint8Array<ArrayBuffer>,
  image: TiffImage,
  place: TilePlace,
  rect: PixelRect,
  target: Pixels,
  kernels: Kernels | null = null,
): void {
  const { tileColumn, tileRow, band } = place;
  const stride = samplesPerTilePixel(image);
  const left = tileColumn * image.tileColumns;
  const top = tileRow * image.tileRows;
  const firstColumn = Math.max(rect.column, left);
  const endColumn = Math.min(rect.column + rect.columns, left + image.tileColumns, image.columns);
  const firstRow = Math.max(rect.row, top);
  const endRow = Math.min(rect.row + rect.rows, top + rowsOfTile(image, tileRow), image.rows);
  const sample = image.separate ? 0 : band;
  if (endRow <= firstRow || endColumn <= firstColumn) return;
  const isSum = image.predictor === PREDICTOR.horizontal;
  const type = isSum && image.pixelType === 'float32' ? 'uint32' : image.pixelType;
  const source = asPixels(type, hostSamples(decoded, image, tileRow));
  // The predictor of floating point samples sums up their bits.
  const places = type === image.pixelType ? target : new Uint32Array(target.buffer, target.byteOffset, target.length);
  const wanted = source.subarray((firstRow - top) * image.tileColumns * stride);
  const isSummed =
    wanted instanceof Uint16Array &&
    stride === 1 &&
    isSum &&
    kernels?.addUp(wanted, image.tileColumns, endColumn - left, endRow - firstRow) === true;
  const copyRow = isSum && !isSummed ? addUpRow : copySamples;

  for (let row = firstRow; row < endRow; row++) {
    const rowStart = (row - top) * image.tileColumns * stride + sample;
    const firstWanted = rowStart + (firstColumn - left) * stride;
    const end = rowStart + (endColumn - left) * stride;
    const to = (row - rect.row) * rect.columns + firstColumn - rect.column;
    copyRow(source, rowStart, firstWanted, end, stride, places, to);
  }
}

/** Samples of one row from `first` on, each the sum of all before it since `start`; the target's type cuts off carries. */
function addUpRow(
  source: Pixels,
  start: number,
  first: number,
  end: number,
  stride: number,
  target: Pixels,
  to: number,
): void {
  let value = 0;
  for (let at = start; at < first; at += stride) value = (value + source[at]) | 0;
  for (let at = first; at < end; at += stride) {
    value = (value + source[at]) | 0;
    target[to++] = value;
  }
}

function copySamples(
  source: Pixels,
  _start: number,
  first: number,
  end: number,
  stride: number,
  target: Pixels,
  to: number,
): void {
  if (stride === 1) target.set(source.subarray(first, end), to);
  else for (let at = first; at < end; at += stride) target[to++] = source[at];
}
