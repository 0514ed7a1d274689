/*
 * 3 x 3 convolution with mirrored edges, stride 1, by Winograd's minimal filtering F(4 x 4, 3 x 3): 36 multiplications
 * for 16 pixels instead of 144 (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015). Pictures are
 * [pixels, channels] with a multiple of 4 channels in, of 8 out.
 */
#include "picture.h"

/* Pixels in and out of one tile along each axis. */
#define IN 6
#define OUT 4
/* Tiles at once: their transforms and products and all kernels fit the second-level cache. */
#define BLOCK 24

/* One-dimensional transform of six pixels, the rows of B. */
static inline void transform_in(v4 d[IN]) {
  v4 two = all4(2), four = all4(4), five = all4(5);
  v4 even = sub4(d[4], mul4(four, d[2])), odd = sub4(d[3], mul4(four, d[1]));
  v4 far = sub4(d[4], d[2]), near = mul4(two, sub4(d[3], d[1]));
  v4 first = fma4(four, d[0], sub4(d[4], mul4(five, d[2])));
  v4 last = fma4(four, d[1], sub4(d[5], mul4(five, d[3])));
  d[0] = first;
  d[1] = add4(even, odd);
  d[2] = sub4(even, odd);
  d[3] = add4(far, near);
  d[4] = sub4(far, near);
  d[5] = last;
}

/* One-dimensional transform of six products to four pixels, the rows of A. */
static inline void transform_out(const v4 m[IN], v4 y[OUT]) {
  v4 p = add4(m[1], m[2]), q = sub4(m[1], m[2]), r = add4(m[3], m[4]), s = sub4(m[3], m[4]);
  y[0] = add4(m[0], add4(p, r));
  y[1] = fma4(all4(2), s, q);
  y[2] = fma4(all4(4), r, p);
  y[3] = add4(fma4(all4(8), s, q), m[5]);
}

static void load_tile(const float *in, int channels, int rows, int columns, int tile, int across, float *v) {
  int top = tile / across * OUT - 1, left = tile % across * OUT - 1;
  const float *row[IN];
  int column[IN];
  for (int i = 0; i < IN; i++) {
    row[i] = in + mirror(top + i, rows) * columns * channels;
    column[i] = mirror(left + i, columns) * channels;
  }
  for (int c = 0; c < channels; c += 4) {
    v4 t[IN][IN];
    for (int j = 0; j < IN; j++) {
      v4 d[IN];
      for (int i = 0; i < IN; i++) d[i] = load4(row[i] + column[j] + c);
      transform_in(d);
      for (int i = 0; i < IN; i++) t[i][j] = d[i];
    }
    for (int i = 0; i < IN; i++) {
      transform_in(t[i]);
      for (int j = 0; j < IN; j++) store4(v + (i * IN + j) * PRODUCT_STEP(channels) + c, t[i][j]);
    }
  }
}

#include "tile.h"

/*
 * in [rows * columns, depth] to out [rows * columns, channels]. `kernels` are transformed and laid out as
 * [36, channels / 8, depth, 8]. `room` holds 36 x (24 x (depth + channels) + 32) + 2 x channels
 * floats.
 */
__attribute__((export_name("convolve"))) void convolve(const float *in, int depth, const float *kernels,
                                                       const float *bias, float floor, float *out, int channels,
                                                       int rows, int columns, float *room, double *totals) {
  convolve_tiles(in, depth, depth, rows, columns, kernels, bias, floor, out, channels, rows, columns, room, totals);
}
