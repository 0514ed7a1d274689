import { BaseClient, BaseResponse, fromCustomClient } from 'geotiff';
import type { Transport } from '../../src/net';
import { openRaster } from '../../src/raster';

/** Bytes of a file; fewer where it ends before. */
export type ReadRange = (start: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** What a header said: enough to tell whether two parsers agree. */
export interface HeaderFacts {
  readonly columns: number;
  readonly rows: number;
  /** Tiles of the image and of its overviews. */
  readonly tiles: number;
  /** Sum of all places and sizes of tiles. */
  readonly places: number;
}

export type HeaderReader = (range: ReadRange) => Promise<HeaderFacts>;

/** The same first request as ours. */
const BLOCK_BYTES = 16 * 1024;

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

export const readWithOurs: HeaderReader = async (range) => {
  const readRange: Transport['readRange'] = (_, start, length) => range(start, length);
  const header = await openRaster('file', { readRange } as Transport, new AbortController().signal);
  const images = [header.full, ...header.overviews];
  const tiles = images.reduce((total, { offsets }) => total + offsets.length, 0);
  const places = images.reduce((total, { offsets, counts }) => total + sum(offsets) + sum(counts), 0);
  return { columns: header.full.columns, rows: header.full.rows, tiles, places };
};

export const readWithGeotiff: HeaderReader = async (range) => {
  // Its types leave out what its documentation lists.
  const options: object = { blockSize: BLOCK_BYTES };
  const tiff = await fromCustomClient(new RangeClient(range), options);
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

/** geotiff.js's own way to bring bytes from elsewhere. */
class RangeClient extends BaseClient {
  constructor(private readonly range: ReadRange) {
    super('file');
  }

  override async request(options: RequestInit = {}): Promise<BaseResponse> {
    const header = new Headers(options.headers).get('range') ?? '';
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(header) ?? [];
    const bytes = await this.range(Number(first), Number(last) - Number(first) + 1);
    return new RangeResponse(Number(first), bytes);
  }
}

class RangeResponse extends BaseResponse {
  constructor(
    private readonly start: number,
    private readonly bytes: Uint8Array<ArrayBuffer>,
  ) {
    super();
  }

  override get status(): number {
    return 206;
  }

  override getHeader(name: string): string {
    const range = `bytes ${this.start}-${this.start + this.bytes.length - 1}/*`;
    return name.toLowerCase() === 'content-range' ? range : '';
  }

  override async getData(): Promise<ArrayBuffer> {
    return this.bytes.buffer;
  }
}
