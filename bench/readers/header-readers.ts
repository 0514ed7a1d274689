import { GeoTIFF } from 'geotiff';
import type { Transport } from '../../src/net';
import { openRaster } from '../../src/raster';

/** Bytes of a file; fewer where it ends before. */
export type ReadRange = (start: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** What a header said: enough to tell whether two readings agree. */
export interface HeaderFacts {
  readonly columns: number;
  readonly rows: number;
  /** Tiles of the image and of its overviews. */
  readonly tiles: number;
  /** Sum of all places and sizes of tiles. */
  readonly places: number;
}

export type HeaderReader = (range: ReadRange) => Promise<HeaderFacts>;

type Source = Parameters<typeof GeoTIFF.fromSource>[0];

/** The same first request as ours. */
const HEAD_BYTES = 16 * 1024;

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

export const readWithOurs: HeaderReader = async (range) => {
  const readRange: Transport['readRange'] = (_, start, length) => range(start, length);
  const header = await openRaster('file', { readRange } as Transport, new AbortController().signal);
  const images = [header.full, ...header.overviews];
  const tiles = images.reduce((total, { offsets }) => total + offsets.length, 0);
  const places = images.reduce((total, { offsets, counts }) => total + sum(offsets) + sum(counts), 0);
  return { columns: header.full.columns, rows: header.full.rows, tiles, places };
};

/** geotiff.js alone, over a source that hands out the beginning of the file. */
export const readWithGeotiff: HeaderReader = async (range) => {
  const tiff = await GeoTIFF.fromSource(headSource(await range(0, HEAD_BYTES)));
  const count = await tiff.getImageCount();
  let [columns, rows, tiles, places] = [0, 0, 0, 0];
  for (let index = 0; index < count; index++) {
    const image = await tiff.getImage(index);
    const directory = image.fileDirectory;
    const tiled = directory.hasTag('TileOffsets');
    const offsets = (await directory.loadValue(tiled ? 'TileOffsets' : 'StripOffsets')) as ArrayLike<number>;
    const counts = (await directory.loadValue(tiled ? 'TileByteCounts' : 'StripByteCounts')) as ArrayLike<number>;
    if (index === 0) {
      [columns, rows] = [image.getWidth(), image.getHeight()];
      image.getGeoKeys();
      image.getGDALNoData();
    }
    tiles += offsets.length;
    places += sum(offsets) + sum(counts);
  }
  return { columns, rows, tiles, places };
};

function headSource(head: Uint8Array<ArrayBuffer>): Source {
  const data = ({ offset, length }: { offset: number; length: number }): ArrayBuffer =>
    head.buffer.slice(head.byteOffset + offset, head.byteOffset + Math.min(offset + length, head.length));
  return {
    fileSize: null,
    fetch: async (slices) => slices.map(data),
    fetchSlice: async (slice) => ({ ...slice, data: data(slice) }),
    close: async () => undefined,
  };
}
