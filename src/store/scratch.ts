/** Bytes outside the heap that live no longer than their owner: a file in OPFS, a temporary file in Node. */
export interface Scratch {
  /** Rejects where the disk or the quota is full. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Fills `into` with bytes that were written before; whoever reads often brings the same memory again. */
  read(at: number, into: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Gives the space back. */
  close(): Promise<void>;
}

/** A new scratch, or null where the platform has none. */
export type OpenScratch = () => Promise<Scratch | null>;
