import type { DateFeatures, FloatTensor, PackedPart, PackedStrip, PackedTensor } from './types';

/** Gives arrays in which anything may lie. */
export interface PackedMemory {
  steps(count: number): Int16Array<ArrayBuffer>;
  floats(count: number): Float32Array<ArrayBuffer>;
}

/**
 * Values that share a scale: about the channels of a pixel. What is far out of the ordinary then costs its neighbours
 * their precision, and no one else.
 */
export const BLOCK = 64;

/** Steps from 0 to the largest value of a block, either way: signed 16 bits. */
const STEPS = 32_767;

/**
 * Floats in half their memory: 16-bit steps with one scale for each block. Off by at most 1/65 000 of the block's largest
 * value, which is eight times finer than half-precision floats where it matters. What is no number makes its whole block
 * no number, so that a broken backend is found out.
 */
export function packTensor({ data, shape }: FloatTensor): PackedTensor {
  const steps = new Int16Array(data.length);
  const scales = new Float32Array(Math.ceil(data.length / BLOCK));
  for (let block = 0; block < scales.length; block += 1) {
    const end = Math.min(data.length, (block + 1) * BLOCK);
    let largest = 0;
    // Math.max keeps a NaN once it has met one.
    for (let at = block * BLOCK; at < end; at += 1) largest = Math.max(largest, Math.abs(data[at]!));
    scales[block] = largest / STEPS;
    if (largest === 0) continue;
    const perUnit = STEPS / largest;
    for (let at = block * BLOCK; at < end; at += 1) steps[at] = Math.round(data[at]! * perUnit);
  }
  return { steps, scales, shape };
}

/** Values `from` to `from + count` of a packed tensor, written to `target` at `to`. */
export function unpack(
  target: Float32Array,
  to: number,
  { steps, scales }: PackedTensor,
  from: number,
  count: number,
): void {
  for (let at = from; at < from + count;) {
    const block = Math.floor(at / BLOCK);
    const end = Math.min(from + count, (block + 1) * BLOCK);
    const scale = scales[block]!;
    for (; at < end; at += 1) target[to + at - from] = steps[at]! * scale;
  }
}

/** New arrays. */
export const freshMemory: PackedMemory = {
  steps: (count) => new Int16Array(count),
  floats: (count) => new Float32Array(count),
};

/** The same values of several tensors one behind the other, in arrays that `memory` gives. */
export function stripOf({ tensors, from, count }: PackedPart, memory: PackedMemory = freshMemory): PackedStrip {
  const [first, blocks] = [from / BLOCK, Math.ceil(count / BLOCK)];
  const steps = memory.steps(tensors.length * count);
  const scales = memory.floats(tensors.length * blocks);
  tensors.forEach((tensor, at) => {
    steps.set(tensor.steps.subarray(from, from + count), at * count);
    scales.set(tensor.scales.subarray(first, first + blocks), at * blocks);
  });
  return { steps, scales };
}

/** Bytes that a packed tensor takes. */
export function packedBytes({ steps, scales }: PackedTensor): number {
  return steps.byteLength + scales.byteLength;
}

/** Bytes that the features of a date take. */
export function featureBytes({ tensors, valid }: Pick<DateFeatures, 'tensors' | 'valid'>): number {
  return Object.values(tensors).reduce((sum, tensor) => sum + packedBytes(tensor), valid?.byteLength ?? 0);
}
