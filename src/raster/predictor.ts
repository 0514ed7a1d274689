import { COMPRESSION, PREDICTOR } from './tiff-codes';
import { bytesPerTileRow, rowsOfTile, samplesPerTilePixel, type TiffImage } from './tiff-image';

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const BYTE_BITS = 8;

/**
 * The samples of a decoded tile as the host stores them, with all but the horizontal predictor undone: bytes in the
 * host's order, small pixels spread to a byte each, the floating point predictor taken back. Mostly in place.
 */
export function hostSamples(
  decoded: Uint8Array<ArrayBuffer>,
  image: TiffImage,
  tileRow: number,
): Uint8Array<ArrayBuffer> {
  const { bitsPerSample, predictor, littleEndian, compression } = image;
  // Its decoder gives numbers, not the bytes of the file.
  if (compression === COMPRESSION.lerc) return decoded;
  if (bitsPerSample < BYTE_BITS) return spreadBits(decoded, image, tileRow);
  if (predictor === PREDICTOR.float) undoFloatPredictor(decoded, image, tileRow);
  else if (littleEndian !== HOST_IS_LITTLE_ENDIAN) swapBytes(decoded, bitsPerSample / BYTE_BITS);
  return decoded;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at + width <= bytes.length; at += width) {
    for (let low = at, high = at + width - 1; low < high; low++, high--) {
      const first = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = first;
    }
  }
}

function spreadBits(packed: Uint8Array, image: TiffImage, tileRow: number): Uint8Array<ArrayBuffer> {
  const { bitsPerSample } = image;
  const rowBytes = bytesPerTileRow(image);
  const rowSamples = image.tileColumns * samplesPerTilePixel(image);
  const rows = rowsOfTile(image, tileRow);
  const perByte = BYTE_BITS / bitsPerSample;
  const largest = (1 << bitsPerSample) - 1;
  const samples = new Uint8Array(rows * rowSamples);
  for (let row = 0; row < rows; row++) {
    for (let nth = 0; nth < rowSamples; nth++) {
      const shift = BYTE_BITS - bitsPerSample * ((nth % perByte) + 1);
      samples[row * rowSamples + nth] = (packed[row * rowBytes + Math.floor(nth / perByte)]! >> shift) & largest;
    }
  }
  return samples;
}

/**
 * Predictor 3 (Adobe Photoshop TIFF technical note 3): the bytes of each row are differences, and come sorted, the
 * highest of all samples first.
 */
function undoFloatPredictor(bytes: Uint8Array, image: TiffImage, tileRow: number): void {
  const rowBytes = bytesPerTileRow(image);
  const stride = samplesPerTilePixel(image);
  const width = image.bitsPerSample / BYTE_BITS;
  const samples = image.tileColumns * stride;
  const sorted = new Uint8Array(rowBytes);
  for (let row = 0; row < rowsOfTile(image, tileRow); row++) {
    const line = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    for (let at = stride; at < rowBytes; at++) line[at] = line[at]! + line[at - stride]!;
    sorted.set(line);
    for (let place = 0; place < width; place++) {
      const to = HOST_IS_LITTLE_ENDIAN ? width - 1 - place : place;
      for (let nth = 0; nth < samples; nth++) line[nth * width + to] = sorted[place * samples + nth]!;
    }
  }
}
