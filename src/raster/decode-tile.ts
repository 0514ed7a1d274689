import { getDecoder } from 'geotiff';
import { inflate } from './inflate';
import { COMPRESSION } from './tiff-codes';

/**
 * Undoes the compression of one tile. `bytes` is exactly the stored tile; `use` is given exactly `expected` bytes, which
 * it may change but not keep.
 * Rejects with a plain Error that says what is wrong; the caller knows which file and tile it was.
 */
export async function decodeTile(
  bytes: Uint8Array<ArrayBuffer>,
  compression: number,
  expected: number,
  use: (decoded: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  switch (compression) {
    case COMPRESSION.deflate:
    case COMPRESSION.oldDeflate:
      return inflate(bytes, expected, use);
    case COMPRESSION.none:
      return use(exactly(bytes.slice(), expected));
    default:
      return use(exactly(await decodeRare(bytes, compression), expected));
  }
}

/** LZW and Zstandard: no Sentinel-2 archive writes them; geotiff.js loads their decoders only when one is met. */
async function decodeRare(bytes: Uint8Array<ArrayBuffer>, compression: number): Promise<Uint8Array<ArrayBuffer>> {
  // The predictor is undone elsewhere; without it the decoder does not look at the layout of the tile.
  const layout = { tileWidth: 0, tileHeight: 0, predictor: 1, bitsPerSample: 8, planarConfiguration: 1 };
  const decoder = await getDecoder(compression, layout);
  return new Uint8Array((await decoder.decode(bytes.slice().buffer)) as ArrayBuffer);
}

function exactly(bytes: Uint8Array<ArrayBuffer>, expected: number): Uint8Array<ArrayBuffer> {
  if (bytes.length !== expected) throw new Error(`it holds ${bytes.length} of ${expected} bytes`);
  return bytes;
}
