/** Arrays that have come back from a lane wait here for the next of their size. */
export interface Shelf {
  /** An array of so many values, in which anything may lie. */
  floats(count: number): Float32Array<ArrayBuffer>;
  steps(count: number): Int16Array<ArrayBuffer>;
  /** Takes arrays that no one else needs. */
  put(spent: readonly ArrayBufferView<ArrayBuffer>[]): void;
}

/** What may wait, in bytes: two strips for each of four lanes. The oldest goes first. */
const MOST_BYTES = 32e6;

/**
 * Memory is handed round because new memory is dear: the system fills it with zeros page by page, which takes ten times
 * as long as the copy that is then put there.
 */
export function createShelf(): Shelf {
  const waiting: ArrayBuffer[] = [];

  function take(bytes: number): ArrayBuffer {
    const at = waiting.findLastIndex(({ byteLength }) => byteLength === bytes);
    return at < 0 ? new ArrayBuffer(bytes) : waiting.splice(at, 1)[0]!;
  }

  return {
    floats: (count) => new Float32Array(take(count * Float32Array.BYTES_PER_ELEMENT)),
    steps: (count) => new Int16Array(take(count * Int16Array.BYTES_PER_ELEMENT)),
    put(spent) {
      waiting.push(...spent.map(({ buffer }) => buffer));
      let bytes = waiting.reduce((sum, { byteLength }) => sum + byteLength, 0);
      while (bytes > MOST_BYTES) bytes -= waiting.shift()!.byteLength;
    },
  };
}
