import { BYTES_PER_FLOAT, type Kernels } from './kernels';
import { layKernel, paddedChannels } from './layout';
import type { Convolution } from './picture-plan';
import type { Placed } from './pictures';

/** A convolution whose constants lie in the kernels' memory. */
export interface KeptConvolution extends Convolution {
  readonly at: { readonly kernels: number; readonly bias: number; readonly gamma: number; readonly beta: number };
  /** Channels in and out, those included that pad them. */
  readonly depth: number;
  readonly width: number;
}

/** Scratch that all convolutions share. */
export interface Work {
  readonly room: number;
  readonly totals: number;
}

const BYTES_PER_DOUBLE = 8;

/** @param depth channels of the picture that it reads, those included that pad it */
export function keepConvolution(kernels: Kernels, step: Convolution, depth: number): KeptConvolution {
  const width = step.movement === 'filter' ? depth : paddedChannels(step.channels);
  const padded = (values: ArrayLike<number>): number => {
    const all = new Float32Array(width);
    all.set(values);
    return kernels.keep(all);
  };
  const at = {
    kernels: kernels.keep(layKernel(step, depth)),
    bias: padded(step.bias),
    gamma: padded(step.norm?.gamma ?? []),
    beta: padded(step.norm?.beta ?? []),
  };
  return { ...step, at, depth, width };
}

/** Bytes of scratch that a convolution needs; the comments beside the kernels say how many. */
export function workOf({ movement, depth, width }: KeptConvolution): Work {
  const sums = 2 * width;
  const floats = {
    same: 36 * (24 * (depth + width) + 32) + sums,
    halve: 25 * (12 * (4 * depth + width) + 32) + sums,
    enlarge: 24 * (4 * depth + width) + sums,
    mix: 24 * width + sums,
    filter: 0,
  };
  return { room: floats[movement] * BYTES_PER_FLOAT, totals: sums * BYTES_PER_DOUBLE };
}

/** Rows or columns after a convolution. */
export function sizeAfter({ movement, side }: Convolution, size: number): number {
  if (movement === 'enlarge') return size * 2;
  return movement === 'halve' || (movement === 'filter' && side === 4) ? Math.floor(size / 2) : size;
}

/**
 * A convolution, and the norm and ReLU behind it, from one picture to another.
 * @param valid address of which pixels of the second are valid, a byte each, for a norm that masks; 0 where all are
 */
export function convolve(
  { run }: Kernels,
  step: KeptConvolution,
  from: Placed,
  to: Placed,
  work: Work,
  valid: number,
): void {
  const { movement, at, depth, width, norm } = step;
  const { rows, columns } = from;
  const floor = step.relu ? 0 : -Infinity;
  const input = [from.at, depth, at.kernels, at.bias, floor] as const;
  if (movement === 'filter') {
    run.filter(from.at, width, at.kernels, step.side, step.side === 4 ? 2 : 1, to.at, rows, columns);
  } else if (movement === 'mix') {
    run.mix(...input, to.at, width, rows * columns, work.room, work.totals);
  } else {
    const kernel = { same: run.convolve, halve: run.halve, enlarge: run.enlarge }[movement];
    kernel(...input, to.at, width, rows, columns, work.room, work.totals);
  }
  if (norm === null) return;
  const picture = [to.at, to.rows * to.columns, width, norm.groups, step.channels / norm.groups] as const;
  run.normalise(...picture, at.gamma, at.beta, norm.epsilon, work.totals, work.room, valid);
}
