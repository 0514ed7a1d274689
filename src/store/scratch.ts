/** Bytes outside the heap that live no longer than their owner: a file in OPFS, a temporary file in Node. */
export interface Scratch {
  /** Rejects where the disk or the quota is full. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Exactly `length` bytes that were written before. */
  read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives the space back. */
  close(): Promise<void>;
}

/** A new scratch, or null where the platform has none. */
export type OpenScratch = () => Promise<Scratch | null>;
