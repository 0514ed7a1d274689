/** Tag numbers of TIFF 6.0, GeoTIFF 1.1 and GDAL that are written. */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  samplesPerPixel: 277,
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
export const GEO_KEY = { modelType: 1024, rasterType: 1025, projectedCrs: 3072, projectedUnit: 3076 } as const;

/** Field types that are written, and bytes of a value of each. */
export const FIELD = { ascii: 2, short: 3, long: 4, double: 12 } as const;
export const FIELD_BYTES: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 4, 12: 8 };
