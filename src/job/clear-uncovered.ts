import { NODATA_LABEL } from '../crops';
import type { MapArrays } from '../segment';

/**
 * A pixel that no date has seen gets no class, whatever the network made of its neighbours.
 * @param coverage 1 for each pixel that a date has seen, else 0
 */
export function clearUncovered(canvas: MapArrays, coverage: Uint8Array): void {
  const size = canvas.labels.length;
  coverage.forEach((covered, pixel) => {
    if (covered === 1) return;
    canvas.labels[pixel] = NODATA_LABEL;
    for (let at = pixel; at < canvas.probabilities.length; at += size) canvas.probabilities[at] = NODATA_LABEL;
  });
}
