import type { MaskedPixels } from '../raster';
import { isSeen, NO_DATA } from './clarity';

const LARGEST_DN = 65_535;

/** The smallest DN of a pixel that was seen: 0 stands for those that were not. */
const SMALLEST_DN = 1;

/** SCL codes as bytes, whatever the pixel type of the file: 0 where the pixel was not seen. */
export function seenClasses({ pixels, valid }: MaskedPixels): Uint8Array<ArrayBuffer> {
  const scl = new Uint8Array(pixels.length);
  for (let pixel = 0; pixel < scl.length; pixel++) {
    const code = pixels[pixel]!;
    if (isSeen(code) && valid?.[pixel] !== 0) scl[pixel] = code;
  }
  return scl;
}

/**
 * Bands and classes of a scene that agree on what was seen: a pixel that SCL or any band does not know has SCL 0 and DN
 * 0 in all bands; all others have DN of 1 and more. A pixel that is 0 in all bands was not seen either, whatever value
 * the files declare: 0 is what Sentinel-2 products themselves put there.
 * @param bands [rows, columns] each
 * @param classes as `seenClasses` gives them; left as they are
 * @returns `dn` [bands, rows, columns] and `scl` [rows, columns]
 */
export function seenBands(
  bands: readonly MaskedPixels[],
  classes: Uint8Array<ArrayBuffer>,
): { dn: Uint16Array<ArrayBuffer>; scl: Uint8Array<ArrayBuffer> } {
  const size = classes.length;
  const scl = classes.slice();
  const bright = new Uint8Array(size);
  for (const { pixels, valid } of bands) {
    for (let pixel = 0; pixel < size; pixel++) {
      if (valid?.[pixel] === 0) scl[pixel] = NO_DATA;
      else if (pixels[pixel]! > 0) bright[pixel] = 1;
    }
  }
  for (let pixel = 0; pixel < size; pixel++) if (bright[pixel] === 0) scl[pixel] = NO_DATA;
  const dn = new Uint16Array(size * bands.length);
  bands.forEach(({ pixels }, band) => {
    const from = band * size;
    for (let pixel = 0; pixel < size; pixel++) {
      if (scl[pixel] === NO_DATA) continue;
      dn[from + pixel] = Math.min(LARGEST_DN, Math.max(SMALLEST_DN, Math.round(pixels[pixel]!)));
    }
  });
  return { dn, scl };
}
