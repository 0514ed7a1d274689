import type { ObjectMap } from './find';

/** Scores of a map as they are kept; changed in place. */
export interface Scores {
  /** Class per pixel. */
  readonly labels: Uint8Array;
  /** [classes, pixels], any whole numbers up to 254 that stand for probabilities. */
  readonly probabilities: Uint8Array;
}

/**
 * Gives each pixel the mean probabilities of its object and the most probable class of these (the lowest code among
 * equals). Pixels without data neither count nor change.
 *
 * @param nodata stands for "no data" in labels and probabilities
 * @returns pixels whose class has changed
 */
export function averageInside({ labels, probabilities }: Scores, { ids, count }: ObjectMap, nodata: number): number {
  const size = labels.length;
  const classes = probabilities.length / size;
  const pixels = new Uint32Array(count);
  for (let pixel = 0; pixel < size; pixel++) if (labels[pixel] !== nodata) pixels[ids[pixel]!]!++;
  const best = new Uint8Array(count);
  const highest = new Float64Array(count).fill(-1);
  const means = new Float64Array(count);
  for (let code = 0; code < classes; code++) {
    const plane = probabilities.subarray(code * size, (code + 1) * size);
    means.fill(0);
    for (let pixel = 0; pixel < size; pixel++) if (labels[pixel] !== nodata) means[ids[pixel]!]! += plane[pixel]!;
    for (let object = 0; object < count; object++) {
      means[object]! /= pixels[object] || 1;
      if (means[object]! <= highest[object]!) continue;
      highest[object] = means[object]!;
      best[object] = code;
    }
    for (let pixel = 0; pixel < size; pixel++) {
      if (labels[pixel] !== nodata) plane[pixel] = Math.round(means[ids[pixel]!]!);
    }
  }
  let changed = 0;
  for (let pixel = 0; pixel < size; pixel++) {
    if (labels[pixel] === nodata || labels[pixel] === best[ids[pixel]!]) continue;
    labels[pixel] = best[ids[pixel]!]!;
    changed++;
  }
  return changed;
}
