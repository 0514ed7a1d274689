import { NO_DATA } from './clarity';
import type { PackedHistory, TimeSeries } from './types';

/** Stored NDVI = NDVI x 100 + 100, so -1 to 1 lies in 0 to 200: half a hundredth is finer than a chart shows. */
const NDVI_SCALE = 100;
const NDVI_SHIFT = 100;
/** Stored where the red or near-infrared band has no data. */
const NDVI_NONE = 255;

/** Bytes packed at once: what packing costs in memory, however long the season. */
const STRIP_BYTES = 4e6;

/** NDVI and class of a pixel on a date, a byte each. */
const BYTES_PER_DATE = 2;

/**
 * NDVI of one date, a byte each: NDVI = (B08 - B04) / (B08 + B04) from harmonised DN (reference spec, section 4.5).
 * None for a series without one of the two bands.
 * @param dn [bands, pixels]
 */
export function packDateNdvi(dn: Uint16Array, bands: readonly string[]): Uint8Array<ArrayBuffer> {
  const size = dn.length / bands.length;
  const red = bands.indexOf('B04') * size;
  const nearInfrared = bands.indexOf('B08') * size;
  const packed = new Uint8Array(size);
  if (red < 0 || nearInfrared < 0) return packed.fill(NDVI_NONE);
  for (let pixel = 0; pixel < size; pixel++) packed[pixel] = packNdvi(dn[red + pixel]!, dn[nearInfrared + pixel]!);
  return packed;
}

/** NDVI and classes of `count` pixels from pixel `first` on, of one date. */
export type ReadHistory = (
  date: string,
  first: number,
  count: number,
) => Promise<{ readonly ndvi: Uint8Array; readonly scl: Uint8Array }>;

/**
 * NDVI and scene classification of every pixel and date in two bytes each, kept with a finished map so that a pixel can
 * be looked at without reading anything again. Made in strips and handed to the browser, which keeps it outside the
 * page: memory here does not grow with the number of dates.
 * @throws the signal's reason
 */
export async function packHistory(
  dates: readonly string[],
  size: number,
  read: ReadHistory,
  signal: AbortSignal,
): Promise<PackedHistory> {
  const perPixel = BYTES_PER_DATE * dates.length;
  const strip = Math.max(1, Math.floor(STRIP_BYTES / perPixel));
  const strips: Blob[] = [];
  const packed = new Uint8Array(Math.min(strip, size) * perPixel);
  for (let first = 0; first < size; first += strip) {
    const count = Math.min(strip, size - first);
    for (const [nth, date] of dates.entries()) {
      signal.throwIfAborted();
      const { ndvi, scl } = await read(date, first, count);
      for (let pixel = 0, at = nth; pixel < count; pixel++, at += perPixel) {
        packed[at] = ndvi[pixel]!;
        packed[at + dates.length] = scl[pixel]!;
      }
    }
    strips.push(new Blob([packed.subarray(0, count * perPixel)]));
  }
  return { dates, pixels: new Blob(strips) };
}

function packNdvi(red: number, nearInfrared: number): number {
  if (red === 0 || nearInfrared === 0) return NDVI_NONE;
  return Math.round(((nearInfrared - red) / (nearInfrared + red)) * NDVI_SCALE + NDVI_SHIFT);
}

/** One pixel over the season. */
export interface PixelHistory {
  readonly dates: readonly string[];
  /** -1 to 1; null where a band has no data. */
  readonly ndvi: readonly (number | null)[];
  /** SCL code per date, 0 = no data. */
  readonly scl: readonly number[];
}

/** The history of one pixel, by its row-major index in the window. */
export async function pixelHistory({ dates, pixels }: PackedHistory, pixel: number): Promise<PixelHistory> {
  const perPixel = BYTES_PER_DATE * dates.length;
  const slice = pixels.slice(pixel * perPixel, (pixel + 1) * perPixel);
  const bytes = [...new Uint8Array(await slice.arrayBuffer())];
  return { dates, ndvi: bytes.slice(0, dates.length).map(unpackNdvi), scl: bytes.slice(dates.length) };
}

function unpackNdvi(stored: number): number | null {
  return stored === NDVI_NONE ? null : (stored - NDVI_SHIFT) / NDVI_SCALE;
}

/** 1 for each pixel of the window that was seen on at least one date. */
export async function coverage(
  { grid, dates, pixels }: TimeSeries,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = grid.rows * grid.columns;
  const covered = new Uint8Array(size);
  for (const { date } of dates) {
    signal.throwIfAborted();
    // A season mostly shows every pixel on its first dates.
    if (!covered.includes(0)) break;
    const { scl } = await pixels.history(date, 0, size);
    for (let pixel = 0; pixel < size; pixel++) if (scl[pixel] !== NO_DATA) covered[pixel] = 1;
  }
  return covered;
}

/**
 * 1 for each of the `size` pixels of a window that has data on at least one date up to `until` (YYYY-MM-DD).
 * @throws the signal's reason
 */
export async function seenUntil(
  { dates, pixels }: PackedHistory,
  size: number,
  until: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const early = dates.flatMap((date, nth) => (date <= until ? [nth] : []));
  const perPixel = BYTES_PER_DATE * dates.length;
  const strip = Math.max(1, Math.floor(STRIP_BYTES / perPixel));
  const seen = new Uint8Array(size);
  for (let first = 0; first < size; first += strip) {
    signal.throwIfAborted();
    const count = Math.min(strip, size - first);
    const bytes = new Uint8Array(await pixels.slice(first * perPixel, (first + count) * perPixel).arrayBuffer());
    for (let pixel = 0; pixel < count; pixel++) {
      const at = pixel * perPixel;
      // Maps of versions that did not tell what was seen by SCL alone have pixels with NDVI and SCL 0.
      const any = early.some((nth) => bytes[at + dates.length + nth] !== NO_DATA || bytes[at + nth] !== NDVI_NONE);
      if (any) seen[first + pixel] = 1;
    }
  }
  return seen;
}
