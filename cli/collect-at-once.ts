import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect all garbage at once where it is due, not in steps as memory outside its heap grows. Bodies and bands are
 * such memory: reading a cell-date started eight or nine collections, a tenth of its processor time, where one does. The
 * steps keep pages smooth; a command has nothing to keep smooth but its progress line. How large the heap may get is as
 * before.
 */
export function collectAtOnce(): void {
  setFlagsFromString('--no-incremental-marking');
}
