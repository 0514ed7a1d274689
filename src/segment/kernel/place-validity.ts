import { coarserValidity, type Validity } from '../validity';
import type { Kernels, Scratch } from './kernels';
import type { Placed } from './pictures';

/** Address of the validity of a picture's pixels, a byte each; 0 where all are valid or nobody asks. */
export type ValidityPlacer = (level: number | null, picture: Pick<Placed, 'rows' | 'columns'>) => number;

/** Brings a map of validity into the kernels' memory, once for each scale at which it is asked for. */
export function placeValidity(kernels: Kernels, scratch: Scratch, valid: Validity): ValidityPlacer {
  const placed = new Map<number, number>();
  return (level, { rows, columns }) => {
    if (valid === null || level === null) return 0;
    const known = placed.get(level);
    if (known !== undefined) return known;
    const scale = 2 ** level;
    const coarse = coarserValidity(valid, { rows: rows * scale, columns: columns * scale }, scale)!;
    const at = scratch.take(coarse.length);
    kernels.bytes(at, coarse.length).set(coarse);
    placed.set(level, at);
    return at;
  };
}
