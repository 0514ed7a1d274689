/** Tag numbers of TIFF 6.0, BigTIFF, GeoTIFF 1.1 and GDAL that are read or written here. */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  modelPixelScale: 33550,
  modelTiepoint: 33922,
  geoKeyDirectory: 34735,
  gdalMetadata: 42112,
  gdalNodata: 42113,
} as const;

/** Keys inside the GeoKeyDirectory. */
export const GEO_KEY = {
  modelType: 1024,
  rasterType: 1025,
  geographicCrs: 2048,
  projectedCrs: 3072,
  projectedUnit: 3076,
} as const;

/** Value of a CRS key that stands for "described by other keys": no EPSG code. */
export const USER_DEFINED_CRS = 32767;

export const COMPRESSION = { none: 1, lzw: 5, deflate: 8, oldDeflate: 32946, zstd: 50000 } as const;

export const PREDICTOR = { none: 1, horizontal: 2 } as const;

export const PLANAR = { chunky: 1, separate: 2 } as const;

/** Field types that carry numbers or text here. */
export const FIELD = { byte: 1, ascii: 2, short: 3, long: 4, double: 12, long8: 16 } as const;

/** Bytes per value of each field type of TIFF and BigTIFF. */
export const FIELD_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};
