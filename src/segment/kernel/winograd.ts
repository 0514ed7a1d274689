/** Rows of G of F(4 x 4, 3 x 3): what a kernel of three becomes (Lavin and Gray, 2015). */
const G = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
] as const;

/** Output channels that lie side by side, as the innermost loop takes them. */
export const LANES = 8;

const SIDE = 3;

/**
 * Kernels [channels, bands, 3, 3] transformed and laid out as [36, channels / 8, depth, 8], bands past the last 0.
 * In double precision, rounded once.
 */
export function transformKernels(
  kernels: Float32Array,
  { bands, channels, depth }: { readonly bands: number; readonly channels: number; readonly depth: number },
): Float32Array<ArrayBuffer> {
  const transformed = new Float32Array(G.length * G.length * depth * channels);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let band = 0; band < bands; band += 1) {
      const at = (channel * bands + band) * SIDE * SIDE;
      const kernel = kernels.subarray(at, at + SIDE * SIDE);
      G.forEach((down, row) => {
        G.forEach((across, column) => {
          let sum = 0;
          for (let y = 0; y < SIDE; y += 1) {
            for (let x = 0; x < SIDE; x += 1) sum += down[y]! * kernel[y * SIDE + x]! * across[x]!;
          }
          const block = ((row * G.length + column) * channels) / LANES + Math.floor(channel / LANES);
          transformed[(block * depth + band) * LANES + (channel % LANES)] = sum;
        });
      });
    }
  }
  return transformed;
}
