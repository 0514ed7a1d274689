/** Source pixels that one output pixel is made of along one axis. */
export const CUBIC_TAPS = 4;

/** For outputs first..first+count-1 along one axis: four weights each, and the first source pixel they stand on. */
export interface AxisKernel {
  readonly starts: Int32Array;
  /** [count, CUBIC_TAPS]; taps off the raster weigh 0, the others sum to 1. */
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
  const weights = new Float64Array(count * CUBIC_TAPS);
  const ratio = 1 / factor;
  for (let output = 0; output < count; output++) {
    const centre = (first + output + 0.5) * ratio;
    const start = Math.floor(centre - 1.5);
    starts[output] = start;
    let sum = 0;
    for (let tap = 0; tap < CUBIC_TAPS; tap++) {
      const source = start + tap;
      const weight = source >= 0 && source < sourceSize ? cubicWeight(source - centre + 0.5) : 0;
      weights[output * CUBIC_TAPS + tap] = weight;
      sum += weight;
    }
    const scale = 1 / sum;
    for (let tap = 0; tap < CUBIC_TAPS; tap++) {
      const at = output * CUBIC_TAPS + tap;
      weights[at] = weights[at] * scale;
    }
  }
  return { starts, weights };
}

function cubicWeight(distance: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
  if (x < 2) return ((SHARPNESS * x - 5 * SHARPNESS) * x + 8 * SHARPNESS) * x - 4 * SHARPNESS;
  return 0;
}
