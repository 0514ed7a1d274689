import type { PackedStrip, Tensors } from '../types';
import type { Validity } from '../validity';
import { BYTES_PER_FLOAT, type Kernels } from './kernels';
import { LANES, layMatrix, paddedChannels } from './layout';
import type { AttentionPlan, EmbeddingPlan } from './plan-attention';

/**
 * Features of all dates of `pixels` pixels, and the dates' days, to what the stage gives. `valid` [dates, pixels] says
 * which dates of a pixel count; null where all do.
 */
export type AttentionRunner = (strip: PackedStrip, days: Float32Array, pixels: number, valid: Validity) => Tensors;

/** Dates are padded to a multiple of the kernel's rows. */
const DATES_MULTIPLE = 6;
/** Pixels whose vectors are made at once. */
const PIXELS_AT_ONCE = 6;

/** Puts the constants of an attention stage into an instance of the kernels. */
export function createAttentionRunner(kernels: Kernels, plan: AttentionPlan): AttentionRunner {
  const { channels, heads, embedding } = plan;
  const encoded = plan.divisors.length * 2;
  const lanes = paddedChannels(heads);
  const sums = heads * (channels + encoded);
  const width = embedding?.width ?? 0;
  const kept = [
    kernels.keep(plan.gamma),
    kernels.keep(plan.beta),
    kernels.keep(layMatrix(plan.queries, channels, heads)),
  ];
  const keptLast = embedding === null ? [0, 0, 0, 0, 0] : keepEmbedding(kernels, embedding, plan);

  return ({ steps, scales }, days, pixels, valid) => {
    const dates = days.length;
    const padded = Math.ceil(dates / DATES_MULTIPLE) * DATES_MULTIPLE;
    const scratch = kernels.scratch();
    const floats = (count: number): number => scratch.take(count * BYTES_PER_FLOAT);
    const put = (values: Float32Array): number => {
      const at = floats(values.length);
      kernels.floats(at, values.length).set(values);
      return at;
    };
    const encodings = encodeDays(plan.divisors, days, padded);
    const places = put(placesOf(plan, encodings, dates, lanes));
    const at = { encodings: put(encodings), scales: put(scales), steps: scratch.take(steps.byteLength) };
    kernels.steps(at.steps, steps.length).set(steps);
    const counting = valid === null ? 0 : scratch.take(valid.length);
    if (valid !== null) kernels.bytes(counting, valid.length).set(valid);
    const ofPixel = padded * (channels + lanes) + channels * (LANES + 2);
    const room = floats(ofPixel + PIXELS_AT_ONCE * (sums + heads * encoded + width));
    const vectors = embedding === null ? 0 : floats(pixels * width);
    const shares = plan.weights ? floats(dates * heads * pixels) : 0;
    const sizes = [dates, padded, channels, heads, lanes, encoded, width, 0];
    const fields = [...sizes, ...kept, places, at.encodings, ...keptLast];
    const attention = scratch.take(fields.length * BYTES_PER_FLOAT);
    kernels.integers(attention, fields.length).set(fields);
    // Behind the sizes, the one number that is no integer.
    kernels.floats(attention, sizes.length)[sizes.length - 1] = plan.epsilon;
    const ofDate = [steps.length / dates, at.scales, scales.length / dates] as const;
    kernels.run.attend(attention, at.steps, ...ofDate, pixels, room, vectors, shares, counting);
    const read = (from: number, count: number): Float32Array => kernels.floats(from, count).slice();
    return {
      ...(embedding && { embedding: { data: read(vectors, pixels * width), shape: [pixels, width] } }),
      ...(plan.weights && { weights: { data: read(shares, dates * heads * pixels), shape: [dates, heads, pixels] } }),
    };
  };
}

/** Addresses of what makes vectors of sums, as the kernel takes them. */
function keepEmbedding(
  kernels: Kernels,
  { width, ofFeatures, ofPlaces, values, bias, gamma, beta }: EmbeddingPlan,
  { channels, heads, divisors }: AttentionPlan,
): number[] {
  const encoded = divisors.length * 2;
  const last = [kernels.keep(bias), kernels.keep(gamma), kernels.keep(beta)];
  if (values === null) {
    const matrix = new Float32Array(ofFeatures.length + ofPlaces.length);
    matrix.set(ofFeatures);
    matrix.set(ofPlaces, ofFeatures.length);
    return [0, kernels.keep(layMatrix(matrix, heads * (channels + encoded), width)), ...last];
  }
  const laid = new Float32Array(values.length);
  const size = channels * encoded;
  for (let at = 0; at < laid.length; at += size) {
    laid.set(layMatrix(values.subarray(at, at + size), channels, encoded), at);
  }
  return [kernels.keep(laid), kernels.keep(layMatrix(ofPlaces, heads * encoded, width)), ...last];
}

/** [padded, 2 x divisors]: a sine and a cosine of the day for each divisor; rows of 0 behind the dates. */
function encodeDays(divisors: Float32Array, days: Float32Array, padded: number): Float32Array {
  const width = divisors.length * 2;
  const encodings = new Float32Array(padded * width);
  days.forEach((day, date) =>
    divisors.forEach((divisor, pair) => {
      const angle = Math.fround(day / divisor);
      encodings[date * width + pair * 2] = Math.sin(angle);
      encodings[date * width + pair * 2 + 1] = Math.cos(angle);
    }),
  );
  return encodings;
}

/** [dates, lanes]: what the dates' encodings add to the scores. */
function placesOf(
  { placeQueries, heads, divisors }: AttentionPlan,
  encodings: Float32Array,
  dates: number,
  lanes: number,
) {
  const width = divisors.length * 2;
  const places = new Float32Array(dates * lanes);
  for (let date = 0; date < dates; date += 1) {
    for (let head = 0; head < heads; head += 1) {
      let sum = 0;
      for (let at = 0; at < width; at += 1) sum += encodings[date * width + at]! * placeQueries[at * heads + head]!;
      places[date * lanes + head] = sum;
    }
  }
  return places;
}
