import type { FloatTensor, PackedTensor } from '../types';
import { BLOCK, type PackedMemory } from '../pack';
import { BYTES_PER_FLOAT, type Kernels, type Scratch } from './kernels';
import type { Layout } from './picture-plan';

/** A picture in the kernels' memory: [rows * columns, stride], channels behind `channels` 0. */
export interface Placed {
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly stride: number;
}

const BYTES_PER_STEP = 2;
/** `pack` takes so many values at a time. */
const PACK_MULTIPLE = 8;

/** Rows and columns of a tensor [1, channels, rows, columns] or [rows, columns, channels]. */
export function sizeOf({ shape }: FloatTensor): readonly [rows: number, columns: number] {
  return (shape.length === 4 ? shape.slice(2) : shape.slice(0, 2)) as [number, number];
}

/** Fills a picture with a tensor [1, channels, rows, columns] or [rows, columns, channels]. */
export function enterPicture(kernels: Kernels, scratch: Scratch, picture: Placed, { data, shape }: FloatTensor): void {
  const pixels = picture.rows * picture.columns;
  const at = scratch.take(data.byteLength);
  kernels.floats(at, data.length).set(data);
  if (shape.length === 4) {
    kernels.run.interleave(at, picture.channels, pixels, picture.at, picture.stride);
  } else {
    if (picture.stride !== picture.channels) kernels.floats(picture.at, pixels * picture.stride).fill(0);
    kernels.run.place(at, picture.channels, picture.channels, pixels, picture.at, picture.stride, 0);
  }
  scratch.free(at);
}

/** A picture as [1, channels, rows, columns] or [pixels, channels]. */
export function floatsOf(kernels: Kernels, scratch: Scratch, picture: Placed, layout: Layout): FloatTensor {
  const { rows, columns, channels } = picture;
  const pixels = rows * columns;
  const at = arranged(kernels, scratch, picture, layout);
  const shape = layout === 'planes' ? [1, channels, rows, columns] : [pixels, channels];
  return { data: kernels.floats(at, pixels * channels).slice(), shape };
}

/** A picture as [1, channels, rows, columns] or [rows, columns, channels], in half the memory, which `memory` gives. */
export function packedOf(
  kernels: Kernels,
  scratch: Scratch,
  picture: Placed,
  layout: Layout,
  memory: PackedMemory,
): PackedTensor {
  const { rows, columns, channels } = picture;
  const count = rows * columns * channels;
  const at = arranged(kernels, scratch, picture, layout);
  const padded = Math.ceil(count / PACK_MULTIPLE) * PACK_MULTIPLE;
  kernels.floats(at + count * BYTES_PER_FLOAT, padded - count).fill(0);
  const blocks = Math.ceil(count / BLOCK);
  const steps = scratch.take(padded * BYTES_PER_STEP);
  const scales = scratch.take(blocks * BYTES_PER_FLOAT);
  kernels.run.pack(at, padded, steps, scales);
  const packed = { steps: memory.steps(count), scales: memory.floats(blocks) };
  packed.steps.set(kernels.steps(steps, count));
  packed.scales.set(kernels.floats(scales, blocks));
  scratch.free(steps);
  scratch.free(scales);
  return { ...packed, shape: layout === 'planes' ? [1, channels, rows, columns] : [rows, columns, channels] };
}

/** Address of a picture's values one behind the other, with room behind them for what `pack` takes at a time. */
function arranged({ run }: Kernels, scratch: Scratch, picture: Placed, layout: Layout): number {
  const { at, rows, columns, channels, stride } = picture;
  const pixels = rows * columns;
  if (layout === 'pixels' && stride === channels) return at;
  const to = scratch.take((pixels * channels + PACK_MULTIPLE) * BYTES_PER_FLOAT);
  if (layout === 'planes') run.separate(at, stride, pixels, to, channels);
  else run.place(at, stride, channels, pixels, to, channels, 0);
  return to;
}
