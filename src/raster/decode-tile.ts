import { getDecoder } from 'geotiff';
import { inflate, inflateAtMost } from './inflate';
import { MAX_EXPANSION, TILE_OVERHEAD_BYTES } from './limits';
import { decodeLzw } from './lzw';
import { decodePackBits } from './pack-bits';
import { COMPRESSION, LERC_PACKING } from './tiff-codes';
import { decodedBytes, rowsOfTile, samplesPerTilePixel, type TiffImage } from './tiff-image';
import { vetJpeg, vetLerc, type TileShape } from './vet-blobs';
import { vetZstd } from './vet-zstd';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Undoes the compression of one tile of a row of tiles. `bytes` is exactly the stored tile; `use` is given exactly the
 * bytes that such a tile has, which it may change but not keep.
 * Rejects with a plain Error that says what is wrong; the caller knows which file and tile it was.
 */
export async function decodeTile(
  bytes: Bytes,
  image: TiffImage,
  tileRow: number,
  use: (decoded: Bytes) => void,
): Promise<void> {
  const expected = decodedBytes(image, tileRow);
  switch (image.compression) {
    case COMPRESSION.deflate:
    case COMPRESSION.oldDeflate:
      return inflate(bytes, expected, use);
    case COMPRESSION.none:
      return use(exactly(bytes.slice(), expected));
    case COMPRESSION.lzw:
      return use(decodeLzw(bytes, expected));
    case COMPRESSION.packBits:
      return use(decodePackBits(bytes, expected));
    case COMPRESSION.zstd:
      return use(exactly(await unpackZstd(bytes, expected), expected));
    default:
      return use(exactly(await decodeBlob(bytes, image, tileRow, expected), expected));
  }
}

/** LERC and JPEG: blobs that say themselves how large they are, and what they say is held against the tile first. */
async function decodeBlob(bytes: Bytes, image: TiffImage, tileRow: number, expected: number): Promise<Bytes> {
  const shape: TileShape = {
    columns: image.tileColumns,
    rows: rowsOfTile(image, tileRow),
    samples: samplesPerTilePixel(image),
    pixelType: image.pixelType,
  };
  if (image.compression === COMPRESSION.jpeg) {
    vetJpeg(bytes, shape);
    return decodeByGeotiff(COMPRESSION.jpeg, bytes, image.jpegTables === null ? {} : { JPEGTables: image.jpegTables });
  }
  const most = expected * MAX_EXPANSION + TILE_OVERHEAD_BYTES;
  const blob =
    image.lercPacking === LERC_PACKING.deflate
      ? await inflateAtMost(bytes, most)
      : image.lercPacking === LERC_PACKING.zstd
        ? await unpackZstd(bytes, most)
        : bytes;
  vetLerc(blob, shape);
  return decodeByGeotiff(COMPRESSION.lerc, blob, { LercParameters: [0, LERC_PACKING.none], planarConfiguration: 1 });
}

async function unpackZstd(bytes: Bytes, expected: number): Promise<Bytes> {
  vetZstd(bytes, expected);
  return decodeByGeotiff(COMPRESSION.zstd, bytes, {});
}

/** No Sentinel-2 archive writes these; geotiff.js loads their decoders only when one is met. */
async function decodeByGeotiff(compression: number, bytes: Bytes, more: object): Promise<Bytes> {
  // The predictor is undone elsewhere; without it the decoder does not look at the layout of the tile.
  const layout = { tileWidth: 0, tileHeight: 0, predictor: 1, bitsPerSample: 8, planarConfiguration: 1, ...more };
  const decoder = await getDecoder(compression, layout);
  return new Uint8Array((await decoder.decode(bytes.slice().buffer)) as ArrayBuffer);
}

function exactly(bytes: Bytes, expected: number): Bytes {
  if (bytes.length !== expected) throw new Error(`it holds ${bytes.length} of ${expected} bytes`);
  return bytes;
}
