import { clarity, isObscured } from '../../series';
import { quantile } from './quantiles';
import type { PlaceRow, Quartiles } from './types';

/** One date over a window; `dn` is [bands, pixels]. */
export interface DateOverWindow {
  readonly dn: Uint16Array;
  readonly scl: Uint8Array;
}

export interface RowOptions {
  readonly bands: readonly string[];
  /** Whether pixels under cloud, shadow, cirrus and snow count as not valid, too. */
  readonly clearOnly: boolean;
}

/** What the pixels of a place show on a date; null where none of them was seen. */
export function placeRow(
  pixels: Uint32Array,
  { dn, scl }: DateOverWindow,
  { bands, clearOnly }: RowOptions,
): Omit<PlaceRow, 'id' | 'date'> | null {
  const { cloudShare, nodataShare } = clarity(Uint8Array.from(pixels, (pixel) => scl[pixel]!));
  if (nodataShare === 1) return null;
  const valid = pixels.filter((pixel) => scl[pixel] !== 0 && !(clearOnly && isObscured(scl[pixel]!)));
  const size = scl.length;
  const bandOf = (name: string): Uint16Array | null => {
    const nth = bands.indexOf(name);
    return nth < 0 ? null : dn.subarray(nth * size, (nth + 1) * size);
  };
  return {
    pixels: pixels.length,
    validShare: valid.length / pixels.length,
    cloudShare,
    ndvi: ndviOf(valid, bandOf('B04'), bandOf('B08')),
    bands: bands.map((name) => quartilesOf(valid, bandOf(name)!)),
  };
}

function quartilesOf(valid: Uint32Array, band: Uint16Array): Quartiles | null {
  if (valid.length === 0) return null;
  const sorted = Uint16Array.from(valid, (pixel) => band[pixel]!).sort();
  return { lower: quantile(sorted, 0.25), median: quantile(sorted, 0.5), upper: quantile(sorted, 0.75) };
}

function ndviOf(valid: Uint32Array, red: Uint16Array | null, nearInfrared: Uint16Array | null): number | null {
  if (valid.length === 0 || red === null || nearInfrared === null) return null;
  const values = Float64Array.from(valid, (pixel) => {
    const [low, high] = [red[pixel]!, nearInfrared[pixel]!];
    return (high - low) / (high + low);
  });
  return quantile(values.sort(), 0.5);
}
