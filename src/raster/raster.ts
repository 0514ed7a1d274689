import type { Transport } from '../net';
import { readHeader, type RasterHeader } from './header';
import type { HeaderCache } from './header-cache';

/** An open file: its header and the way to its pixels. Holds no connection, so there is nothing to close. */
export interface Raster extends RasterHeader {
  readonly transport: Transport;
}

/**
 * Opens a (Cloud Optimized) GeoTIFF of 8-bit or 16-bit unsigned pixels: classic or BigTIFF, either byte order, tiles or
 * strips. One request of 16 KiB, none where `cache` has the header.
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
