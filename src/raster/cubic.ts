/** Source pixels that one output pixel is made of along one axis. */
export const CUBIC_TAPS = 4;

/** For outputs first..first+count-1 along one axis: four weights each, and the first source pixel they stand on. */
export interface AxisKernel {
  readonly starts: Int32Array;
  /** The taps of each output that lie on the raster: from the first to before the end, 0 to CUBIC_TAPS. */
  readonly firstTaps: Uint8Array;
  readonly endTaps: Uint8Array;
  /** [count, CUBIC_TAPS] as the cubic gives them; taps off the raster weigh 0. */
  readonly plain: Float64Array;
  /** The same scaled to a sum of 1. */
  readonly weights: Float64Array;
}

/** Sharpness of the cubic convolution (Keys 1981); GDAL's value. */
const SHARPNESS = -0.5;

/**
 * GDAL's cubic for RasterIO and overviews, enlarging by a whole factor: the centre of output o lies at (o + 0.5) / factor
 * in source pixels; taps that fall off the raster are left out and the others scaled up to a sum of 1.
 * Positions count from the raster's own edge, so a window sees the pixels around it.
 */
export function cubicKernel(first: number, count: number, factor: number, sourceSize: number): AxisKernel {
  const starts = new Int32Array(count);
  const firstTaps = new Uint8Array(count);
  const endTaps = new Uint8Array(count);
  const plain = new Float64Array(count * CUBIC_TAPS);
  const weights = new Float64Array(count * CUBIC_TAPS);
  const ratio = 1 / factor;
  for (let output = 0; output < count; output++) {
    const centre = (first + output + 0.5) * ratio;
    const start = Math.floor(centre - 1.5);
    const firstTap = Math.min(CUBIC_TAPS, Math.max(0, -start));
    const endTap = Math.max(firstTap, Math.min(CUBIC_TAPS, sourceSize - start));
    starts[output] = start;
    firstTaps[output] = firstTap;
    endTaps[output] = endTap;
    let sum = 0;
    let distance = start + firstTap - centre + 0.5;
    // Counted up by ones as GDAL does it: for odd factors the last digit decides whether a weight is 0.
    for (let tap = firstTap; tap < endTap; tap++, distance++) {
      const weight = cubicWeight(distance);
      plain[output * CUBIC_TAPS + tap] = weight;
      sum += weight;
    }
    const scale = 1 / sum;
    for (let tap = firstTap; tap < endTap; tap++) {
      const at = output * CUBIC_TAPS + tap;
      weights[at] = plain[at] * scale;
    }
  }
  return { starts, firstTaps, endTaps, plain, weights };
}

function cubicWeight(distance: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return x * x * ((SHARPNESS + 2) * x - (SHARPNESS + 3)) + 1;
  if (x < 2) return x * x * (SHARPNESS * x - 5 * SHARPNESS) + 8 * SHARPNESS * x - 4 * SHARPNESS;
  return 0;
}
