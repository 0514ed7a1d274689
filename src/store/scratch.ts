/**
 * Bytes outside the heap that live no longer than their owner: a file in OPFS, a temporary file in Node. Pixels of any
 * type may be kept; places and lengths count bytes.
 */
export interface Scratch {
  /** Rejects where the disk or the quota is full. */
  write(at: number, pixels: ArrayBufferView<ArrayBuffer>): Promise<void>;
  /** Fills `into` with what was written before; whoever reads often brings the same memory again. */
  read(at: number, into: ArrayBufferView<ArrayBuffer>): Promise<void>;
  /** Gives the space back. */
  close(): Promise<void>;
}

/** The memory of a view as bytes, not copied. */
export function asBytes({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A new scratch, or null where the platform has none. */
export type OpenScratch = () => Promise<Scratch | null>;
