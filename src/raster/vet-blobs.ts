import type { PixelType } from './pixel-types';

/** What a stored tile must hold. */
export interface TileShape {
  readonly columns: number;
  readonly rows: number;
  readonly samples: number;
  readonly pixelType: PixelType;
}

const LERC_MARK = 'Lerc2 ';
/** Pixel types in the order of LERC's codes. */
const LERC_TYPES: readonly PixelType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'];
/** Versions from which a LERC header has a checksum, and a number of samples per pixel. */
const LERC_CHECKSUM = 3;
const LERC_SAMPLES = 4;
const LERC_HEAD_BYTES = 50;

/**
 * Holds the header of a LERC 2 blob against the tile, since its decoder makes arrays as large as that says.
 * Throws a plain Error that says what is wrong.
 */
export function vetLerc(bytes: Uint8Array, { columns, rows, samples, pixelType }: TileShape): void {
  const mark = String.fromCharCode(...bytes.subarray(0, LERC_MARK.length));
  if (mark !== LERC_MARK || bytes.length < LERC_HEAD_BYTES) throw new Error('its LERC blob is damaged or of version 1');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getInt32(LERC_MARK.length, true);
  let at = LERC_MARK.length + (version >= LERC_CHECKSUM ? 8 : 4);
  const next = (): number => view.getUint32((at += 4) - 4, true);
  const [blobRows, blobColumns] = [next(), next()];
  const blobSamples = version >= LERC_SAMPLES ? next() : 1;
  const validPixels = next();
  at += 8;
  const type = LERC_TYPES[next()];
  if (blobRows !== rows || blobColumns !== columns || blobSamples !== samples || type !== pixelType) {
    throw new Error(`its LERC blob holds ${blobColumns} x ${blobRows} x ${blobSamples} pixels of type ${type}`);
  }
  // geotiff.js gives 0 for the others and does not say where they were.
  if (validPixels !== rows * columns) throw new Error('its LERC blob has a mask of its own, which is not read');
}

const MARKER = 0xff;
const START_OF_SCAN = 0xda;
/** Frames that the decoder knows: baseline, extended and progressive. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
/** Markers without a length: start and end of image, restarts. */
const isBare = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd9;
const JPEG_BITS = 8;

/** The same for a JPEG stream and the size in its frame header. */
export function vetJpeg(bytes: Uint8Array, { columns, rows, samples }: TileShape): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 9 < bytes.length;) {
    if (bytes[at] !== MARKER) break;
    const marker = bytes[at + 1]!;
    if (marker === START_OF_SCAN) break;
    if (marker === MARKER || isBare(marker)) {
      at += marker === MARKER ? 1 : 2;
      continue;
    }
    if (FRAMES.has(marker)) {
      const [bits, high, wide, components] = [
        bytes[at + 4],
        view.getUint16(at + 5),
        view.getUint16(at + 7),
        bytes[at + 9],
      ];
      if (bits === JPEG_BITS && high === rows && wide === columns && components === samples) return;
      throw new Error(`its JPEG stream holds ${wide} x ${high} x ${components} pixels of ${bits} bits`);
    }
    at += 2 + view.getUint16(at + 2);
  }
  throw new Error('its JPEG stream is damaged');
}
