import { CropError, isCropError } from '../errors';
import type { Transport } from '../net';
import { readHeader, type RasterHeader } from './header';
import type { HeaderCache } from './header-cache';

/** An open file: its header and the way to its pixels. Holds no connection, so there is nothing to close. */
export interface Raster extends RasterHeader {
  readonly transport: Transport;
  /** A file beside it whose first band is 0 where a pixel is invalid. */
  readonly maskFile?: Raster | null;
}

/**
 * Opens a GeoTIFF: classic or BigTIFF, either byte order, tiles or strips, whole or floating point pixels, with any
 * compression of `COMPRESSION`. One request of 16 KiB for a COG, none where `cache` has the header.
 * Rejects with `raster/corrupt`, `raster/unsupported`, a `net/*` error or the signal's reason.
 */
export async function openRaster(
  url: string,
  transport: Transport,
  signal: AbortSignal,
  cache?: HeaderCache,
): Promise<Raster> {
  const read = (stop: AbortSignal) => readHeader(url, transport, stop);
  const header = cache ? await cache.load(url, read, signal) : await read(signal);
  return { ...header, transport };
}

/**
 * The raster with the mask file that GDAL keeps beside it (`name.tif.msk`), where there is one.
 * Rejects as `openRaster` does, and with `raster/corrupt` where the mask has another size.
 */
export async function withMaskFile(raster: Raster, signal: AbortSignal): Promise<Raster> {
  const { url, columns, rows } = raster.info;
  try {
    const maskFile = await openRaster(`${url}.msk`, raster.transport, signal);
    if (maskFile.info.columns !== columns || maskFile.info.rows !== rows) {
      throw new CropError('raster/corrupt', { url: maskFile.info.url, what: 'its size is not that of its raster' });
    }
    return { ...raster, maskFile };
  } catch (error) {
    if (isCropError(error, 'net/not-found')) return raster;
    throw error;
  }
}
