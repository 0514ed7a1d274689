/*
 * What Winograd's convolutions share. Included behind the definitions of IN, OUT, BLOCK, `load_tile` and
 * `transform_out`: IN pixels of a tile along each axis become OUT, through IN x IN products, BLOCK tiles at a time.
 */
#include "multiply.h"
#include "picture.h"

#define PRODUCTS (IN * IN)

/* Products of `count` tiles: v [IN x IN, BLOCK, depth] and kernels [IN x IN, channels / 8, depth, 8] to m. */
static void multiply_tiles(const float *v, int depth, const float *kernels, int channels, int count, float *m) {
  for (int product = 0; product < PRODUCTS; product++) {
    const float *vp = v + product * PRODUCT_STEP(depth), *up = kernels + product * depth * channels;
    float *mp = m + product * PRODUCT_STEP(channels);
    for (int c = 0; c < channels; c += LANES) {
      for (int t = 0; t < count; t += TILES) {
        multiply(vp + t * depth, depth, up + c * depth, depth, mp + t * channels + c, channels);
      }
    }
  }
}

/* Writes the pixels of a tile that lie inside, and adds them to the sums. */
static void store_tile(const float *m, int channels, Finish finish, int rows, int columns, int tile, int across,
                       float *out) {
  int top = tile / across * OUT, left = tile % across * OUT;
  int height = rows - top < OUT ? rows - top : OUT, width = columns - left < OUT ? columns - left : OUT;
  v4 least = all4(finish.floor);
  for (int c = 0; c < channels; c += 4) {
    v4 t[OUT][IN], offset = load4(finish.bias + c);
    for (int j = 0; j < IN; j++) {
      v4 column[IN], y[OUT];
      for (int i = 0; i < IN; i++) column[i] = load4(m + (i * IN + j) * PRODUCT_STEP(channels) + c);
      transform_out(column, y);
      for (int i = 0; i < OUT; i++) t[i][j] = y[i];
    }
    v4 sum = load4(finish.sums + c), squares = load4(finish.sums + channels + c);
    for (int i = 0; i < height; i++) {
      v4 y[OUT];
      transform_out(t[i], y);
      for (int j = 0; j < width; j++) {
        v4 value = wasm_f32x4_pmax(add4(y[j], offset), least);
        store4(out + ((top + i) * columns + left + j) * channels + c, value);
        sum = add4(sum, value);
        squares = fma4(value, value, squares);
      }
    }
    store4(finish.sums + c, sum);
    store4(finish.sums + channels + c, squares);
  }
}

/*
 * All tiles of a picture of `columns` x `rows` pixels in, `width` x `height` out: `load_tile`, products, `store_tile`, block
 * by block. The transforms of a tile are `deep` values deep. `room` holds PRODUCTS x (BLOCK x (deep + channels) + 32) + 2 x
 * channels floats. `totals` gets the sums of all pixels of each channel, then their sums of squares.
 */
static inline void convolve_tiles(const float *in, int depth, int deep, int rows, int columns, const float *kernels,
                                  const float *bias, float floor, float *out, int channels, int height, int width,
                                  float *room, double *totals) {
  float *v = room, *m = room + PRODUCTS * PRODUCT_STEP(deep);
  Finish finish = {bias, floor, m + PRODUCTS * PRODUCT_STEP(channels), totals};
  int across = (width + OUT - 1) / OUT, tiles = across * ((height + OUT - 1) / OUT);
  begin_picture(finish, channels);
  for (int first = 0; first < tiles; first += BLOCK) {
    int count = tiles - first < BLOCK ? tiles - first : BLOCK;
    for (int t = 0; t < count; t++) load_tile(in, depth, rows, columns, first + t, across, v + t * deep);
    multiply_tiles(v, deep, kernels, channels, count, m);
    begin_block(finish, channels);
    for (int t = 0; t < count; t++) store_tile(m + t * channels, channels, finish, height, width, first + t, across, out);
    end_block(finish, channels);
  }
}
