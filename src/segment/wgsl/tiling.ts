import { QUAD, quadsOf } from './source';

/** A convolution over all channels: 3 x 3 and 4 x 4 with mirrored edges, 1 x 1 without. */
export interface DenseShape {
  readonly bands: number;
  readonly channels: number;
  /** Pixels of a side of the kernel. */
  readonly side: number;
  readonly stride: number;
}

/** How the work of a convolution is cut for the card. */
export interface Tiling {
  /** Channels that a workgroup makes. */
  readonly block: number;
  /** Workgroups over the channels. */
  readonly blocks: number;
  /** Pixels that a workgroup makes. */
  readonly rows: number;
  readonly columns: number;
  /** Invocations of a workgroup. */
  readonly threads: number;
  /** Quads of channels in that are held at once, and how often that is done. */
  readonly depth: number;
  readonly chunks: number;
  /** Rows of the kernel that are held at once. */
  readonly kernelRows: number;
  /** Pixels held of one quad. */
  readonly heldRows: number;
  readonly heldColumns: number;
  /** Vectors that the workgroup shares: pixels, then weights. */
  readonly pixelRoom: number;
  readonly weightRoom: number;
}

/** Pixels side by side that an invocation makes, of as many quads of channels: 32 sums, which stay in registers. */
export const PIXELS_EACH = 4;
export const QUADS_EACH = 2;

/** WebGPU guarantees 256 invocations and 16 KiB of shared memory a workgroup. */
const MOST_THREADS = 256;
const COLUMNS = 16;
const CHANNELS_EACH = QUADS_EACH * QUAD;
const WIDEST_BLOCK = 64;

/** Groups of pixels of a workgroup; fewer where each takes 2 x 2 times as many pixels in, or several quads of them. */
const MOST_SPOTS = { overlapping: 64, others: 32 };

/** 1 x 1 does so little with a quad that several are brought at once. */
const DEPTH_OF_POINTS = 4;
/** Of a 4 x 4 kernel only a row fits beside the pixels. */
const WHOLE_KERNEL = 3;

export function tilingOf({ bands, channels, side, stride }: DenseShape): Tiling {
  const block = blockOf(channels);
  const across = block / CHANNELS_EACH;
  const spots = Math.min(MOST_THREADS / across, side === 3 ? MOST_SPOTS.overlapping : MOST_SPOTS.others);
  const rows = (spots * PIXELS_EACH) / COLUMNS;
  const depth = side === 1 ? Math.min(DEPTH_OF_POINTS, quadsOf(bands)) : 1;
  const kernelRows = side <= WHOLE_KERNEL ? side : 1;
  const [heldRows, heldColumns] = [(rows - 1) * stride + side, (COLUMNS - 1) * stride + side];
  const sums = spots * quadsOf(block);
  const pixelRoom = heldRows * heldColumns * depth;
  return {
    ...{ block, blocks: Math.ceil(channels / block), rows, columns: COLUMNS, threads: spots * across },
    ...{ depth, chunks: Math.ceil(quadsOf(bands) / depth), kernelRows, heldRows, heldColumns },
    pixelRoom,
    // The sums of a workgroup lie here when it is done with pixels and weights.
    weightRoom: Math.max(kernelRows * side * depth * block, sums - pixelRoom),
  };
}

/** The least power of two times `CHANNELS_EACH` that holds all channels, or the widest there is. */
function blockOf(channels: number): number {
  let block = CHANNELS_EACH;
  while (block < channels && block < WIDEST_BLOCK) block *= 2;
  return block;
}

/**
 * A kernel [channels, bands, side, side] in the order in which `denseShader` takes it: block, chunk, row, column, quad in
 * the chunk, channel in, channel out; zeros where there are no channels.
 */
export function layDense(kernel: Float32Array, shape: DenseShape): Float32Array<ArrayBuffer> {
  const { bands, channels, side } = shape;
  const { block, blocks, chunks, depth } = tilingOf(shape);
  const laid = new Float32Array(blocks * chunks * depth * QUAD * side * side * block);
  const taps = side * side;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let band = 0; band < bands; band += 1) {
      const quad = Math.floor(band / QUAD);
      const chunk = Math.floor(channel / block) * chunks + Math.floor(quad / depth);
      for (let tap = 0; tap < taps; tap += 1) {
        const lane = ((chunk * taps + tap) * depth + (quad % depth)) * QUAD + (band % QUAD);
        laid[lane * block + (channel % block)] = kernel[(channel * bands + band) * taps + tap]!;
      }
    }
  }
  return laid;
}
