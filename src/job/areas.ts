import { type CropClass, NODATA_LABEL } from '../crops';
import type { ClassArea } from './types';

const SQUARE_METRES_PER_HECTARE = 10_000;

/** Area of each class that occurs in a map, largest first. `labels` are class codes, 255 = no data. */
export function classAreas(labels: Uint8Array, pixelMetres: number, classes: readonly CropClass[]): ClassArea[] {
  const counts = new Float64Array(NODATA_LABEL + 1);
  for (const label of labels) counts[label]!++;
  const classified = labels.length - counts[NODATA_LABEL]!;
  return classes
    .filter(({ code }) => counts[code]! > 0)
    .map(({ code, name }) => ({
      code,
      name,
      pixels: counts[code]!,
      hectares: (counts[code]! * pixelMetres ** 2) / SQUARE_METRES_PER_HECTARE,
      share: counts[code]! / classified,
    }))
    .sort((a, b) => b.pixels - a.pixels);
}
