/** Of a convolution: how it moves over the picture, and so which kernel does it. */
export type Movement =
  /** 3 x 3, mirrored edges */
  | 'same'
  /** 4 x 4, mirrored edges, stride 2 */
  | 'halve'
  /** 1 x 1 */
  | 'mix'
  /** transposed 4 x 4, stride 2, padding 1 */
  | 'enlarge'
  /** one kernel per channel, 3 x 3 with stride 1 or 4 x 4 with stride 2, mirrored edges */
  | 'filter';

/** GroupNorm and ReLU. */
export interface GroupNorm {
  readonly groups: number;
  readonly epsilon: number;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  /**
   * Halvings of the map of validity whose pixels alone it looks at, all others becoming 0; null where it looks at all
   * pixels.
   */
  readonly level: number | null;
}

export interface Convolution {
  readonly kind: 'convolution';
  readonly movement: Movement;
  readonly from: string;
  readonly to: string;
  /** Channels in. */
  readonly bands: number;
  /** Channels out. */
  readonly channels: number;
  /** Pixels of a side of the kernel. */
  readonly side: number;
  /** [channels, bands, side, side]; `enlarge`: [bands, channels, side, side]; `filter`: [channels, 1, side, side] */
  readonly kernel: Float32Array;
  /** Zeros where there is none. */
  readonly bias: Float32Array;
  readonly relu: boolean;
  readonly norm: GroupNorm | null;
}

/** A step from pictures to a picture, which are named as the tensors of the graph. */
export type PictureStep =
  | Convolution
  | { readonly kind: 'add'; readonly of: readonly [string, string]; readonly to: string }
  /** Channels one behind the other. */
  | { readonly kind: 'join'; readonly of: readonly string[]; readonly to: string };

/** `planes` is [1, channels, rows, columns]; `pixels` is [rows, columns, channels], out [pixels, channels]. */
export type Layout = 'planes' | 'pixels';

/** Where a picture enters or leaves. */
export interface PicturePort {
  /** Name of the tensor outside. */
  readonly name: string;
  readonly picture: string;
  readonly layout: Layout;
}

/**
 * A graph, or the beginning of one, as steps that our own kernels do. Of a graph that masks, pixels that are not valid
 * are 0 when they enter.
 */
export interface PicturePlan {
  readonly inputs: readonly PicturePort[];
  readonly steps: readonly PictureStep[];
  readonly outputs: readonly PicturePort[];
  /** By picture, those of the inputs too. */
  readonly channels: ReadonlyMap<string, number>;
  /** Inputs, sums of maps, that are to be divided by the sums of their weights before they enter. */
  readonly divided: readonly string[];
}
