import type { PackedHistory, TimeSeries } from './types';

/** Stored NDVI = NDVI x 100 + 100, so -1 to 1 lies in 0 to 200: half a hundredth is finer than a chart shows. */
const NDVI_SCALE = 100;
const NDVI_SHIFT = 100;
/** Stored where the red or near-infrared band has no data. */
const NDVI_NONE = 255;

/**
 * NDVI of one date, a byte each: NDVI = (B08 - B04) / (B08 + B04) from harmonised DN (reference spec, section 4.5).
 * @param dn [bands, pixels]
 */
export function packDateNdvi(dn: Uint16Array, bands: readonly string[]): Uint8Array<ArrayBuffer> {
  const size = dn.length / bands.length;
  const red = bands.indexOf('B04') * size;
  const nearInfrared = bands.indexOf('B08') * size;
  const packed = new Uint8Array(size);
  for (let pixel = 0; pixel < size; pixel++) packed[pixel] = packNdvi(dn[red + pixel]!, dn[nearInfrared + pixel]!);
  return packed;
}

/**
 * NDVI and scene classification of every pixel and date in two bytes each, kept with a finished map so that a pixel can
 * be looked at without reading anything again.
 */
export async function packHistory({ grid, dates, pixels }: TimeSeries): Promise<PackedHistory> {
  const size = grid.rows * grid.columns;
  const ndvi = new Uint8Array(dates.length * size);
  const scl = new Uint8Array(dates.length * size);
  for (const [at, { date }] of dates.entries()) {
    const kept = await pixels.history(date);
    ndvi.set(kept.ndvi, at * size);
    scl.set(kept.scl, at * size);
  }
  return { dates: dates.map(({ date }) => date), ndvi, scl };
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
export function pixelHistory(history: PackedHistory, pixel: number): PixelHistory {
  const size = history.scl.length / history.dates.length;
  const at = history.dates.map((_, date) => date * size + pixel);
  return {
    dates: history.dates,
    ndvi: at.map((index) => unpackNdvi(history.ndvi[index]!)),
    scl: at.map((index) => history.scl[index]!),
  };
}

function unpackNdvi(stored: number): number | null {
  return stored === NDVI_NONE ? null : (stored - NDVI_SHIFT) / NDVI_SCALE;
}

/** 1 for each pixel of the window that has data on at least one date. */
export function coverage(history: PackedHistory): Uint8Array<ArrayBuffer> {
  const size = history.scl.length / history.dates.length;
  const covered = new Uint8Array(size);
  for (let at = 0; at < history.scl.length; at++) {
    if (history.scl[at] !== 0 || history.ndvi[at] !== NDVI_NONE) covered[at % size] = 1;
  }
  return covered;
}
