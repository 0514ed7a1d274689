import { isObscured, NO_DATA } from './clarity';

/** Pixels of a date that are counted, about: a median over a season of them is certain to a few DN. */
const SAMPLE = 4096;

/** DN beyond this fall together: no ground without cloud is so bright. */
const HIGHEST = 16_383;

/** Medians of a series by band, from counts that do not grow with it. */
export interface BandMedians {
  /** Takes a date: `dn` is [bands, pixels], `scl` is [pixels]; obscured pixels and those without data are not counted. */
  add(dn: Uint16Array, scl: Uint8Array): void;
  /** DN by band; null where no pixel was clear. */
  read(): readonly number[] | null;
}

export function createBandMedians(bands: number): BandMedians {
  const counts = Array.from({ length: bands }, () => new Uint32Array(HIGHEST + 1));
  let total = 0;
  return {
    add(dn, scl) {
      // Odd, since most widths are even: else the sample would be a few columns of the window.
      const step = Math.max(1, Math.floor(scl.length / SAMPLE)) | 1;
      for (let pixel = 0; pixel < scl.length; pixel += step) {
        if (scl[pixel] === NO_DATA || isObscured(scl[pixel]!)) continue;
        total++;
        for (let band = 0; band < bands; band++) counts[band]![Math.min(dn[band * scl.length + pixel]!, HIGHEST)]!++;
      }
    },
    read: () => (total === 0 ? null : counts.map((ofBand) => middle(ofBand, total))),
  };
}

function middle(counts: Uint32Array, total: number): number {
  let below = 0;
  for (const [dn, count] of counts.entries()) {
    below += count;
    if (2 * below >= total) return dn;
  }
  return HIGHEST;
}
