#pragma once
/* What convolutions over pictures [pixels, channels] share: mirrored edges, and writing with statistics. */
#include "vector.h"

/*
 * Of Winograd's convolutions, floats from one product of a block of tiles to the next. A line of the cache more than the tiles take: powers of two apart, the
 * products of a pixel would all compete for the same few places of the first-level cache.
 */
#define PRODUCT_STEP(channels) (BLOCK * (channels) + 16)

/* Where pixel `at`, which may lie one outside, is mirrored to; beyond that anywhere inside. */
static inline int mirror(int at, int size) {
  int inside = at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
  return inside < 0 ? 0 : inside;
}

/* What is done with each value on its way out. */
typedef struct {
  const float *bias;
  /* 0 for ReLU, minus infinity for none. */
  float floor;
  /* Sums of each channel, then their squares: single precision for a block of pixels, double for the picture. */
  float *sums;
  double *totals;
} Finish;

static inline void begin_picture(Finish finish, int channels) {
  for (int c = 0; c < 2 * channels; c++) finish.totals[c] = 0;
}

static inline void begin_block(Finish finish, int channels) {
  for (int c = 0; c < 2 * channels; c++) finish.sums[c] = 0;
}

/* Blocks are added up in double precision: a tile of 128 x 128 pixels is a long sum. */
static inline void end_block(Finish finish, int channels) {
  for (int c = 0; c < 2 * channels; c++) finish.totals[c] += finish.sums[c];
}

/* Finishes `channels` values of one pixel. What is no number stays so. */
static inline void finish_pixel(const float *values, int channels, Finish finish, float *out) {
  v4 least = all4(finish.floor);
  for (int c = 0; c < channels; c += 4) {
    v4 value = wasm_f32x4_pmax(add4(load4(values + c), load4(finish.bias + c)), least);
    store4(out + c, value);
    store4(finish.sums + c, add4(load4(finish.sums + c), value));
    float *squares = finish.sums + channels + c;
    store4(squares, fma4(value, value, load4(squares)));
  }
}
