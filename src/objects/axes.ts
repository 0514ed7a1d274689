/** Enough for axes that differ: what is left of a wrong direction shrinks with each by the ratio of two spreads. */
const ITERATIONS = 40;

/**
 * The directions of greatest spread of centred samples, by subspace iteration from a fixed start: the same samples give
 * the same axes.
 *
 * @param samples [count, features], each feature with mean 0
 * @param axes how many directions; never more than there are features
 * @returns [axes, features], orthonormal, the greatest spread first; zeros where the samples have no more spread
 */
export function principalAxes(samples: Float32Array, features: number, axes: number): Float64Array[] {
  const spread = covariance(samples, features);
  let found: Float64Array[] = Array.from({ length: Math.min(axes, features) }, (_, axis) =>
    Float64Array.from({ length: features }, (__, feature) => Math.cos((axis + 1) * (feature + 0.5))),
  );
  for (let round = 0; round < ITERATIONS; round++) found = orthonormal(found.map((axis) => times(spread, axis)));
  return found;
}

/** Row by row, [features][features]; not divided by the count, which changes no direction. */
function covariance(samples: Float32Array, features: number): Float64Array[] {
  const sums = Array.from({ length: features }, () => new Float64Array(features));
  for (let at = 0; at < samples.length; at += features) {
    for (let row = 0; row < features; row++) {
      const value = samples[at + row]!;
      const line = sums[row]!;
      for (let column = 0; column <= row; column++) line[column]! += value * samples[at + column]!;
    }
  }
  for (let row = 0; row < features; row++) {
    for (let column = row + 1; column < features; column++) sums[row]![column] = sums[column]![row]!;
  }
  return sums;
}

function times(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, (line) => dot(line, vector));
}

function dot(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, value, at) => sum + value * other[at]!, 0);
}

/** Gram-Schmidt. A vector that adds no direction of its own becomes zeros. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    const own = vector.slice();
    for (const axis of done) {
      const along = dot(axis, own);
      for (let at = 0; at < own.length; at++) own[at]! -= along * axis[at]!;
    }
    const length = Math.sqrt(dot(own, own));
    done.push(length > 1e-12 * before ? own.map((value) => value / length) : own.fill(0));
  }
  return done;
}
