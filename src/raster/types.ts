import type { GridWindow } from '../geo';
import type { PixelType } from './pixel-types';

/** Pixels of a band in the type that the file has: mostly 16-bit for reflectance, 8-bit for classes. */
export type Pixels =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Pixels of a window and which of them are data, both [rows, columns]. */
export interface MaskedPixels {
  /** Invalid ones hold the nodata value, 0 where there is none. */
  readonly pixels: Pixels;
  /** 1 = valid, 0 = no data or outside the raster; null where all are valid. */
  readonly valid: Uint8Array<ArrayBuffer> | null;
}

/** What somebody else knows about which places were seen, on a grid of any pixel size in the CRS of the raster. */
export interface SeenMap {
  readonly grid: GridWindow;
  /** [grid.rows, grid.columns], 0 where nothing was seen. */
  readonly valid: Uint8Array;
}

/** What the header of a cloud-optimised GeoTIFF says; sizes in pixels unless named otherwise. */
export interface RasterInfo {
  readonly url: string;
  readonly columns: number;
  readonly rows: number;
  readonly tileColumns: number;
  readonly tileRows: number;
  readonly bitsPerSample: number;
  readonly pixelType: PixelType;
  readonly compression: number;
  readonly predictor: number;
  /** UTM zones on datums within two metres of WGS84 (ETRS89, NAD83) are given as those of WGS84. */
  readonly epsg: number | null;
  /** What the file itself says; null where it names no code. */
  readonly declaredEpsg: number | null;
  /** Outer corner of the top left pixel, metres in the raster's CRS. */
  readonly xMin: number;
  readonly yMax: number;
  readonly pixelMetres: number;
  /** As the file declares it, NaN included; see `readMasked` for values that its pixels cannot hold. */
  readonly nodata: number | null;
  /** Sizes of the reduced copies in the file, largest first. */
  readonly overviews: readonly { readonly columns: number; readonly rows: number }[];
}

/** A rectangle in a raster's own pixels; may reach past the raster's edge where the reader says so. */
export interface PixelRect {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/** How a coarser band is brought to the target grid: reflectance by GDAL's cubic, classes by nearest. */
export type Resampling = 'cubic' | 'nearest';

/** One entry of a palette, 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What `writeGeoTiff` writes: 8-bit bands over one window, tiled, deflated, laid out as a COG. */
export interface GeoTiffImage {
  readonly epsg: number;
  readonly xMin: number;
  readonly yMax: number;
  readonly pixelMetres: number;
  readonly columns: number;
  readonly rows: number;
  /** One array of rows x columns per band. */
  readonly bands: readonly Uint8Array[];
  readonly bandNames?: readonly string[];
  readonly nodata: number | null;
  /** 256 colours at most, one band only. */
  readonly palette?: readonly Rgb[];
  /** GDAL metadata items of the data set, such as TITLE or UNITS. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Values per unit: a stored value v means v * scale. Written for GDAL where given. */
  readonly scale?: number;
}
