/*
 * 3 x 3 convolution with mirrored edges, stride 1, by Winograd's minimal filtering F(4 x 4, 3 x 3): 36 multiplications
 * for 16 pixels instead of 144 (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015). Pictures are
 * [pixels, channels] with a multiple of 4 channels in, of 8 out.
 */
#include "vector.h"

/* Pixels in and out of one tile along each axis, and products per tile. */
#define IN 6
#define OUT 4
#define PRODUCTS (IN * IN)
/* Tiles at once: their transforms and products and all kernels fit the second-level cache. */
#define BLOCK 24
/* Tiles and channels of which the innermost loop holds the sums in registers. */
#define TILES 6
#define LANES 8

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

/* Where pixel `at`, which may lie one outside, is mirrored to; beyond that anywhere inside. */
static inline int mirror(int at, int size) {
  int inside = at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
  return inside < 0 ? 0 : inside;
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
      for (int j = 0; j < IN; j++) store4(v + (i * IN + j) * BLOCK * channels + c, t[i][j]);
    }
  }
}

/* Adds bias, writes the pixels of a tile that lie inside, and their sums and sums of squares to `sums`. */
static void store_tile(const float *m, int channels, const float *bias, int rows, int columns, int tile, int across,
                       float *out, float *sums) {
  int top = tile / across * OUT, left = tile % across * OUT;
  int height = rows - top < OUT ? rows - top : OUT, width = columns - left < OUT ? columns - left : OUT;
  for (int c = 0; c < channels; c += 4) {
    v4 t[OUT][IN], offset = load4(bias + c);
    for (int j = 0; j < IN; j++) {
      v4 column[IN], y[OUT];
      for (int i = 0; i < IN; i++) column[i] = load4(m + (i * IN + j) * BLOCK * channels + c);
      transform_out(column, y);
      for (int i = 0; i < OUT; i++) t[i][j] = y[i];
    }
    v4 sum = load4(sums + c), squares = load4(sums + channels + c);
    for (int i = 0; i < height; i++) {
      v4 y[OUT];
      transform_out(t[i], y);
      for (int j = 0; j < width; j++) {
        v4 value = add4(y[j], offset);
        store4(out + ((top + i) * columns + left + j) * channels + c, value);
        sum = add4(sum, value);
        squares = fma4(value, value, squares);
      }
    }
    store4(sums + c, sum);
    store4(sums + channels + c, squares);
  }
}

/* Products of TILES tiles and LANES channels: m[tile][lane] = sum over k of v[tile][k] u[k][lane]. */
static inline void multiply(const float *v, const float *u, int depth, float *m, int stride) {
  v4 sum[TILES][2];
  for (int t = 0; t < TILES; t++) sum[t][0] = sum[t][1] = all4(0);
  for (int k = 0; k < depth; k += 4) {
#pragma clang loop unroll(full)
    for (int step = 0; step < 4; step++) {
      v4 a = load4(u + (k + step) * LANES), b = load4(u + (k + step) * LANES + 4);
#pragma clang loop unroll(full)
      for (int t = 0; t < TILES; t++) {
        v4 x = wasm_v128_load32_splat(v + t * depth + k + step);
        sum[t][0] = fma4(x, a, sum[t][0]);
        sum[t][1] = fma4(x, b, sum[t][1]);
      }
    }
  }
  for (int t = 0; t < TILES; t++) {
    store4(m + t * stride, sum[t][0]);
    store4(m + t * stride + 4, sum[t][1]);
  }
}

/*
 * in [rows * columns, depth] to out [rows * columns, channels]. `kernels` are transformed and laid out as
 * [36, channels / 8, depth, 8]. `room` holds 36 x 24 x (depth + channels) floats. `totals` gets the sums of all pixels of
 * each channel, then their sums of squares.
 */
__attribute__((export_name("convolve"))) void convolve(const float *in, int depth, const float *kernels,
                                                       const float *bias, float *out, int channels, int rows,
                                                       int columns, float *room, double *totals) {
  float *v = room, *m = room + PRODUCTS * BLOCK * depth, *sums = m + PRODUCTS * BLOCK * channels;
  int across = (columns + OUT - 1) / OUT, tiles = across * ((rows + OUT - 1) / OUT);
  for (int c = 0; c < 2 * channels; c++) totals[c] = 0;
  for (int first = 0; first < tiles; first += BLOCK) {
    int count = tiles - first < BLOCK ? tiles - first : BLOCK;
    for (int t = 0; t < count; t++) load_tile(in, depth, rows, columns, first + t, across, v + t * depth);
    for (int product = 0; product < PRODUCTS; product++) {
      const float *vp = v + product * BLOCK * depth, *up = kernels + product * depth * channels;
      float *mp = m + product * BLOCK * channels;
      for (int c = 0; c < channels; c += LANES) {
        for (int t = 0; t < count; t += TILES) {
          multiply(vp + t * depth, up + c * depth, depth, mp + t * channels + c, channels);
        }
      }
    }
    for (int c = 0; c < 2 * channels; c++) sums[c] = 0;
    for (int t = 0; t < count; t++) {
      store_tile(m + t * channels, channels, bias, rows, columns, first + t, across, out, sums);
    }
    /* Blocks are added up in double precision: a tile of 128 x 128 pixels is a long sum. */
    for (int c = 0; c < 2 * channels; c++) totals[c] += sums[c];
  }
}
