import type { Transport } from '../net';
import { geoReferenceOf } from './geo-reference';
import { headBytes } from './head-bytes';
import { readDirectories, type Ifd } from './tiff-ifd';
import { imageOf, type TiffImage } from './tiff-image';
import { TAG } from './tiff-tags';
import type { RasterInfo } from './types';

/** Everything a file says about itself before its pixels. */
export interface RasterHeader {
  readonly info: RasterInfo;
  readonly full: TiffImage;
  /** Reduced copies, largest first, as in `info.overviews`. */
  readonly overviews: readonly TiffImage[];
  /** The file itself where it came whole with its header, so that its tiles need no request; else null. */
  readonly whole: Uint8Array<ArrayBuffer> | null;
}

/** NewSubfileType of a reduced copy; 4 and 5 are masks. */
const REDUCED = 1;

/**
 * Reads the header of a classic or Big TIFF of either byte order: one request of 16 KiB where the file is a COG.
 * Rejects with `raster/corrupt`, `raster/unsupported`, a `net/*` error or the signal's reason.
 */
export async function readHeader(url: string, transport: Transport, signal: AbortSignal): Promise<RasterHeader> {
  const head = headBytes(url, transport, signal);
  const { ifds, littleEndian } = await readDirectories(head);
  const [first, ...others] = ifds as readonly [Ifd, ...Ifd[]];
  const full = imageOf(url, first, littleEndian);
  const overviews = others
    .filter((ifd) => ifd.numbers(TAG.newSubfileType)?.[0] === REDUCED)
    .map((ifd) => imageOf(url, ifd, littleEndian))
    .sort((one, other) => other.columns - one.columns);
  return { info: infoOf(url, first, full, overviews), full, overviews, whole: head.whole() };
}

function infoOf(url: string, ifd: Ifd, full: TiffImage, overviews: readonly TiffImage[]): RasterInfo {
  return {
    url,
    columns: full.columns,
    rows: full.rows,
    tileColumns: full.tileColumns,
    tileRows: full.tileRows,
    bitsPerSample: full.bitsPerSample,
    compression: full.compression,
    predictor: full.predictor,
    ...geoReferenceOf(url, ifd),
    nodata: nodataOf(ifd),
    overviews: overviews.map(({ columns, rows }) => ({ columns, rows })),
  };
}

function nodataOf(ifd: Ifd): number | null {
  const text = ifd.text(TAG.gdalNodata)?.trim() ?? '';
  const value = text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
