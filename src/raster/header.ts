import type { Transport } from '../net';
import { geoReferenceOf } from './geo-reference';
import { headSource } from './head-source';
import { numbersOf, readDirectories, type Directory } from './tiff-directories';
import { imageOf, type TiffImage } from './tiff-image';
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
  const head = headSource(url, transport, signal);
  const { directories, littleEndian } = await readDirectories(head, signal);
  const [first, ...others] = directories as readonly [Directory, ...Directory[]];
  const full = imageOf(url, first, littleEndian);
  const overviews = others
    .filter((directory) => numbersOf(directory, 'NewSubfileType')?.[0] === REDUCED)
    .map((directory) => imageOf(url, directory, littleEndian))
    .sort((one, other) => other.columns - one.columns);
  return { info: infoOf(url, first, full, overviews), full, overviews, whole: head.whole() };
}

function infoOf(url: string, directory: Directory, full: TiffImage, overviews: readonly TiffImage[]): RasterInfo {
  return {
    url,
    columns: full.columns,
    rows: full.rows,
    tileColumns: full.tileColumns,
    tileRows: full.tileRows,
    bitsPerSample: full.bitsPerSample,
    compression: full.compression,
    predictor: full.predictor,
    ...geoReferenceOf(url, directory),
    nodata: nodataOf(directory),
    overviews: overviews.map(({ columns, rows }) => ({ columns, rows })),
  };
}

function nodataOf({ fields }: Directory): number | null {
  const [text = ''] = String(fields['GDAL_NODATA'] ?? '')
    .trim()
    .split('\0');
  const value = text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
