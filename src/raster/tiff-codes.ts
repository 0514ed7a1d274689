/** Values of tags that are read and written here (TIFF 6.0, its supplements, and GDAL for zstd). */
export const COMPRESSION = { none: 1, lzw: 5, deflate: 8, oldDeflate: 32946, zstd: 50000 } as const;

export const PREDICTOR = { none: 1, horizontal: 2 } as const;

export const PLANAR = { chunky: 1, separate: 2 } as const;
