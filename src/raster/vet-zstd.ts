import { MAX_ZSTD_CLAIM } from './limits';

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
/** Most that one block may hold (RFC 8878, 3.1.1.2.4), bytes. */
const BLOCK_BYTES = 128 * 1024;
const BLOCK = { raw: 0, rle: 1, compressed: 2 } as const;
const BLOCK_HEAD_BYTES = 3;
const CHECKSUM_BYTES = 4;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/**
 * Walks over the frames and blocks of a Zstandard stream (RFC 8878) and throws a plain Error where they may hold far more
 * than `expected` bytes: the decoder itself writes as much as a damaged stream says.
 */
export function vetZstd(bytes: Uint8Array, expected: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const most = MAX_ZSTD_CLAIM * Math.max(expected, BLOCK_BYTES);
  let claimed = 0;
  try {
    for (let at = 0; at < bytes.length;) {
      const mark = view.getUint32(at, true);
      if ((mark & SKIPPABLE_MASK) >>> 0 === SKIPPABLE) {
        at += 8 + view.getUint32(at + 4, true);
        continue;
      }
      if (mark !== FRAME) throw new RangeError();
      const descriptor = view.getUint8(at + 4);
      at += 5 + frameHeadBytes(descriptor);
      for (let isLast = false; !isLast;) {
        const head = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
        isLast = (head & 1) === 1;
        const [kind, size] = [(head >> 1) & 3, head >> 3];
        if (size > BLOCK_BYTES || kind > BLOCK.compressed) throw new RangeError();
        claimed += kind === BLOCK.compressed ? BLOCK_BYTES : size;
        if (claimed > most) throw new Error(`its zstd stream may hold more than ${most} bytes`);
        at += BLOCK_HEAD_BYTES + (kind === BLOCK.rle ? 1 : size);
      }
      if ((descriptor & 4) !== 0) at += CHECKSUM_BYTES;
    }
  } catch (error) {
    throw error instanceof RangeError ? new Error('its zstd stream is damaged', { cause: error }) : error;
  }
}

/** Bytes of a frame's header after its mark and descriptor. */
function frameHeadBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 32) !== 0;
  const sizeFlag = descriptor >> 6;
  const contentSize = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
  return (isSingleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[descriptor & 3]! + contentSize;
}
