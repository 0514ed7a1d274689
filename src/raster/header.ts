import { CropError } from '../errors';
import type { Transport } from '../net';
import { geoReferenceOf } from './geo-reference';
import { headSource } from './head-source';
import { numbersOf, readDirectories, type Directory } from './tiff-directories';
import { SUBFILE } from './tiff-codes';
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

/**
 * Reads the header of a classic or Big TIFF of either byte order: one request of 16 KiB where the file is a COG, one
 * more where its directory follows its pixels.
 * Rejects with `raster/corrupt`, `raster/unsupported`, a `net/*` error or the signal's reason.
 */
export async function readHeader(url: string, transport: Transport, signal: AbortSignal): Promise<RasterHeader> {
  const head = headSource(url, transport, signal);
  const { directories, littleEndian } = await readDirectories(head, signal);
  const [first, ...others] = directories as readonly [Directory, ...Directory[]];
  const kindOf = (directory: Directory) => numbersOf(directory, 'NewSubfileType')?.[0] ?? 0;
  const masks = others
    .filter((directory) => (kindOf(directory) & SUBFILE.mask) !== 0)
    .map((directory) => imageOf(url, directory, littleEndian));
  const withMask = (directory: Directory): TiffImage => {
    const [columns, rows] = [numbersOf(directory, 'ImageWidth')?.[0], numbersOf(directory, 'ImageLength')?.[0]];
    const mask = masks.find((one) => one.columns === columns && one.rows === rows);
    return imageOf(url, directory, littleEndian, mask);
  };
  const full = withMask(first);
  const overviews = others
    .filter((directory) => kindOf(directory) === SUBFILE.reduced)
    .map(withMask)
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
    pixelType: full.pixelType,
    compression: full.compression,
    predictor: full.predictor,
    ...geoReferenceOf(url, directory, full.columns, full.rows),
    nodata: nodataOf(url, directory),
    overviews: overviews.map(({ columns, rows }) => ({ columns, rows })),
  };
}

/** GDAL writes it as text: a number, nan, or inf with or without a sign. */
function nodataOf(url: string, { fields }: Directory): number | null {
  const [text = ''] = String(fields['GDAL_NODATA'] ?? '').split('\0');
  const word = text.trim().toLowerCase();
  if (word === '') return null;
  const value = /^[-+]?inf/.test(word) ? (word.startsWith('-') ? -Infinity : Infinity) : Number(word);
  if (Number.isNaN(value) && !/^[-+]?nan/.test(word)) {
    throw new CropError('raster/corrupt', { url, what: `its nodata value "${text.trim()}" is no number` });
  }
  return value;
}
