/** Bytes in memory of their own, not shared with another thread. */
export type Bytes = Uint8Array<ArrayBuffer>;
