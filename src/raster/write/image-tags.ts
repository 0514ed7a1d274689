import { COMPRESSION, PLANAR, PREDICTOR } from '../tiff-codes';
import type { GeoTiffImage, Rgb } from '../types';
import type { TagEntry } from './directory';
import { gdalMetadata } from './gdal-metadata';
import type { Level } from './overviews';
import { FIELD, GEO_KEY, TAG } from './tags';
import { TILE_SIDE } from './tiles';

const PHOTOMETRIC = { minIsBlack: 1, palette: 3 } as const;
const REDUCED_COPY = 1;
const UNSPECIFIED_EXTRA_SAMPLE = 0;
const PALETTE_COLOURS = 256;
/** Palette entries are 16-bit: 255 becomes 65 535. */
const PALETTE_SCALE = 257;
const PROJECTED = 1;
const PIXEL_IS_AREA = 1;
const METRE = 9001;

/** Tags of one level. `offsets` and `counts` of its tiles in the file, bytes. Only the full image is georeferenced. */
export function imageTags(
  image: GeoTiffImage,
  level: Level,
  isFull: boolean,
  offsets: readonly number[],
  counts: readonly number[],
): TagEntry[] {
  const bands = level.bands.length;
  const entries = [
    longs(TAG.imageWidth, [level.columns]),
    longs(TAG.imageLength, [level.rows]),
    shorts(TAG.bitsPerSample, Array<number>(bands).fill(8)),
    shorts(TAG.compression, [COMPRESSION.deflate]),
    shorts(TAG.photometric, [image.palette ? PHOTOMETRIC.palette : PHOTOMETRIC.minIsBlack]),
    shorts(TAG.samplesPerPixel, [bands]),
    shorts(TAG.planarConfiguration, [bands > 1 ? PLANAR.separate : PLANAR.chunky]),
    shorts(TAG.predictor, [PREDICTOR.none]),
    longs(TAG.tileWidth, [TILE_SIDE]),
    longs(TAG.tileLength, [TILE_SIDE]),
    longs(TAG.tileOffsets, offsets),
    longs(TAG.tileByteCounts, counts),
    shorts(TAG.sampleFormat, Array<number>(bands).fill(1)),
  ];
  if (bands > 1) entries.push(shorts(TAG.extraSamples, Array<number>(bands - 1).fill(UNSPECIFIED_EXTRA_SAMPLE)));
  if (image.palette) entries.push(shorts(TAG.colorMap, colorMap(image.palette)));
  if (image.nodata !== null) entries.push(text(TAG.gdalNodata, String(image.nodata)));
  if (!isFull) return [longs(TAG.newSubfileType, [REDUCED_COPY]), ...entries];
  const metadata = gdalMetadata(image);
  if (metadata) entries.push(text(TAG.gdalMetadata, metadata));
  return [...entries, ...placement(image)];
}

function placement({ epsg, xMin, yMax, pixelMetres }: GeoTiffImage): TagEntry[] {
  const keys = [
    [GEO_KEY.modelType, PROJECTED],
    [GEO_KEY.rasterType, PIXEL_IS_AREA],
    [GEO_KEY.projectedCrs, epsg],
    [GEO_KEY.projectedUnit, METRE],
  ] as const;
  // Header: version 1, revision 1.0, number of keys; then per key: id, "value stands here", one value, the value.
  const directory = [1, 1, 0, keys.length, ...keys.flatMap(([key, value]) => [key, 0, 1, value])];
  return [
    { tag: TAG.modelPixelScale, type: FIELD.double, values: [pixelMetres, pixelMetres, 0] },
    { tag: TAG.modelTiepoint, type: FIELD.double, values: [0, 0, 0, xMin, yMax, 0] },
    shorts(TAG.geoKeyDirectory, directory),
  ];
}

/** All reds, then all greens, then all blues; colours that are not named are black. */
function colorMap(palette: readonly Rgb[]): number[] {
  const colours = Array.from({ length: PALETTE_COLOURS }, (_, index) => palette[index] ?? ([0, 0, 0] as const));
  return [0, 1, 2].flatMap((channel) => colours.map((rgb) => rgb[channel] * PALETTE_SCALE));
}

function shorts(tag: number, values: readonly number[]): TagEntry {
  return { tag, type: FIELD.short, values };
}

function longs(tag: number, values: readonly number[]): TagEntry {
  return { tag, type: FIELD.long, values };
}

function text(tag: number, value: string): TagEntry {
  return { tag, type: FIELD.ascii, values: [...new TextEncoder().encode(value), 0] };
}
