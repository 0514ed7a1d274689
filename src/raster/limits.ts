/** First request of a file, bytes. The headers of Sentinel-2 COGs with all overviews end before 4 kB. */
export const HEAD_BYTES = 16 * 1024;

/** The head grows by this factor when an IFD lies past its end: 16, 64, 256 KiB. */
export const HEAD_GROWTH = 4;

/** Where the head stops growing, bytes: enough for the tile arrays of 10 000 tiles and their overviews. */
export const HEAD_MAX_BYTES = 256 * 1024;

/**
 * Parts of a header past the largest head, such as directories behind the pixels: bytes of one read, which has room for a
 * directory and the tile arrays of 8000 tiles after it.
 */
export const FAR_BYTES = 64 * 1024;

/** Such reads per file: two for each directory, a directory and its arrays. */
export const FAR_MAX_READS = 64;

/** Tags per IFD; libtiff refuses the same number. */
export const MAX_TAGS = 4096;

/**
 * Bytes of the values of all tags of a file together, by what they claim: four heads full of them. Without it thousands
 * of tags could each name the same 256 KiB, and a file of that size would keep a processor busy for minutes.
 */
export const MAX_VALUE_BYTES = 4 * HEAD_MAX_BYTES;

/** IFDs per file: the image, its overviews and their masks; each overview halves, so 32 is already absurd. */
export const MAX_IFDS = 32;

/** Pixels along one side of an image. A 10 m band of Sentinel-2 has 10 980. */
export const MAX_IMAGE_SIDE = 1_000_000;

/** Bytes of one decoded tile or strip. Sentinel-2 has 2 MiB (1024 x 1024 x 16 bit). */
export const MAX_TILE_BYTES = 64 * 1024 * 1024;

/**
 * Bytes that our own kernels take at once, a tile stored and decoded or a window; their memory grows to this and never
 * shrinks. What is larger goes the slower way. Sentinel-2 tiles have at most 4 MiB, a cell 2.3.
 */
export const KERNEL_TILE_BYTES = 16 * 1024 * 1024;

/** Bands per file: a probability map has 15. */
export const MAX_BANDS = 256;

/** Offsets past this many bytes (1 TiB) are damage, not data. */
export const MAX_FILE_BYTES = 2 ** 40;

/** Compressed tiles are never more than this many times their decoded size (LZW at its worst is 1.5). */
export const MAX_EXPANSION = 2;

/** Decoding zstd may claim so many times the bytes of a tile: its blocks name only the most that they may hold. */
export const MAX_ZSTD_CLAIM = 4;

/** What an encoder may add to an empty tile: headers and checksums, bytes. */
export const TILE_OVERHEAD_BYTES = 1024;

/** Pixels of one window held in memory: 16 384 squared, 512 MiB at 16 bit. */
export const MAX_WINDOW_PIXELS = 2 ** 28;

/** Two byte ranges are fetched as one where no more than this lies between them: cheaper than a request, bytes. */
export const MERGE_GAP_BYTES = 64 * 1024;

/** Merged ranges end here, so that several connections share the work over a long line, bytes. */
export const MERGE_MAX_BYTES = 4 * 1024 * 1024;

/** Files whose headers are remembered: a season of 150 dates with eleven assets each. */
export const HEADER_CACHE_ENTRIES = 2048;

/** A grid and a raster fit when their edges differ by no more than this share of a pixel; less is rounding. */
export const ALIGNMENT_TOLERANCE_PIXELS = 1e-3;

/** The dark-pixel sample is at most this wide and high: the smallest overview of a tile has about 690. */
export const SAMPLE_SIDE = 2048;
