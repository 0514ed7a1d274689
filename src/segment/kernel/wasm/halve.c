/*
 * 4 x 4 convolution with mirrored edges, stride 2. Even and odd rows and columns make four pictures, over each of which
 * it is a 2 x 2 convolution of stride 1: Winograd's F(4 x 4, 2 x 2) with the points 0, 1, -1, 2 and infinity does those
 * with 25 multiplications for 16 pixels instead of 64, and their sum needs one transform back.
 */
#include "picture.h"

#define IN 5
#define OUT 4
#define PHASES 2
/* Tiles at once; each is four pictures deep. */
#define BLOCK 12

static inline void transform_in(v4 d[IN]) {
  v4 two = all4(2);
  v4 near = sub4(d[3], d[1]), far = sub4(d[4], d[2]), step = sub4(d[2], d[1]);
  /* 2 d0 - d1 - 2 d2 + d3 */
  v4 first = fma4(two, sub4(d[0], d[2]), near);
  /* -2 d1 - d2 + d3 */
  v4 plus = sub4(sub4(d[3], d[2]), mul4(two, d[1]));
  /* 2 d1 - 3 d2 + d3 */
  v4 minus = sub4(sub4(d[3], d[2]), mul4(two, step));
  /* 2 d1 - d2 - 2 d3 + d4 */
  v4 last = sub4(far, mul4(two, near));
  d[0] = first;
  d[1] = plus;
  d[2] = minus;
  d[3] = near;
  d[4] = last;
}

static inline void transform_out(const v4 m[IN], v4 y[OUT]) {
  v4 p = add4(m[1], m[2]), q = sub4(m[1], m[2]);
  y[0] = add4(add4(m[0], p), m[3]);
  y[1] = fma4(all4(2), m[3], q);
  y[2] = fma4(all4(4), m[3], p);
  y[3] = add4(fma4(all4(8), m[3], q), m[4]);
}

/* The transforms of the four pictures lie side by side: [25, 12, 4 x depth]. */
static void load_tile(const float *in, int depth, int rows, int columns, int tile, int across, float *v) {
  for (int phase = 0; phase < PHASES * PHASES; phase++) {
    int top = tile / across * OUT * 2 - 1 + phase / PHASES, left = tile % across * OUT * 2 - 1 + phase % PHASES;
    const float *row[IN];
    int column[IN];
    for (int i = 0; i < IN; i++) {
      row[i] = in + mirror(top + 2 * i, rows) * columns * depth;
      column[i] = mirror(left + 2 * i, columns) * depth;
    }
    for (int c = 0; c < depth; c += 4) {
      v4 t[IN][IN];
      for (int j = 0; j < IN; j++) {
        v4 d[IN];
        for (int i = 0; i < IN; i++) d[i] = load4(row[i] + column[j] + c);
        transform_in(d);
        for (int i = 0; i < IN; i++) t[i][j] = d[i];
      }
      for (int i = 0; i < IN; i++) {
        transform_in(t[i]);
        for (int j = 0; j < IN; j++) store4(v + (i * IN + j) * PRODUCT_STEP(4 * depth) + phase * depth + c, t[i][j]);
      }
    }
  }
}

#include "tile.h"

/*
 * in [rows * columns, depth] to out [rows / 2 * (columns / 2), channels], both rounded down. `kernels` are transformed and
 * laid out as [25, channels / 8, 4 x depth, 8]. `room` holds 25 x (12 x (4 x depth + channels) + 32) + 2 x
 * channels floats.
 */
__attribute__((export_name("halve"))) void halve(const float *in, int depth, const float *kernels, const float *bias,
                                                 float floor, float *out, int channels, int rows, int columns,
                                                 float *room, double *totals) {
  int deep = PHASES * PHASES * depth;
  convolve_tiles(in, depth, deep, rows, columns, kernels, bias, floor, out, channels, rows / 2, columns / 2, room, totals);
}
