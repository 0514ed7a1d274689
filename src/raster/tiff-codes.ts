/** Values of tags that are read and written here (TIFF 6.0, its supplements, and GDAL for LERC and zstd). */
export const COMPRESSION = {
  none: 1,
  lzw: 5,
  jpeg: 7,
  deflate: 8,
  packBits: 32773,
  oldDeflate: 32946,
  lerc: 34887,
  zstd: 50000,
} as const;

/** What else people name when they ask why a file is not read. */
export const UNREAD_COMPRESSIONS: Readonly<Record<number, string>> = {
  2: 'CCITT',
  3: 'CCITT fax 3',
  4: 'CCITT fax 4',
  6: 'old JPEG',
  34712: 'JPEG 2000',
  34925: 'LZMA',
  50001: 'WebP',
  50002: 'JPEG XL',
};

export const PREDICTOR = { none: 1, horizontal: 2, float: 3 } as const;

export const PLANAR = { chunky: 1, separate: 2 } as const;

export const SAMPLE_FORMAT = { unsigned: 1, signed: 2, float: 3, unknown: 4 } as const;

/** Bits of NewSubfileType. */
export const SUBFILE = { reduced: 1, mask: 4 } as const;

/** ExtraSamples that are transparency: premultiplied or not. */
export const ALPHA: ReadonlySet<number> = new Set([1, 2]);

export const PHOTOMETRIC = { yCbCr: 6 } as const;

/** FillOrder of bytes whose first pixel is the lowest bit. */
export const LOW_BITS_FIRST = 2;

/** What LERC blobs are packed in once more (second value of LercParameters). */
export const LERC_PACKING = { none: 0, deflate: 1, zstd: 2 } as const;
