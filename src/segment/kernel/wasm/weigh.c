/* Maps of dates added up with the attention's weights, which are found at a coarser scale. */
#include "pack.h"

/* Along one axis: the two coarse pixels that a fine one lies between, and the share of the second. */
typedef struct {
  int first, second;
  float share;
} Between;

static Between between(int at, int size, int coarse_size) {
  float place = (at + 0.5f) * coarse_size / size - 0.5f;
  if (place < 0) place = 0;
  if (place > coarse_size - 1) place = coarse_size - 1;
  int first = (int)place;
  return (Between){first, first + 1 < coarse_size ? first + 1 : first, place - first};
}

/*
 * Adds one date to `sum` [to - from, columns, channels], rows `from` to `to` of a map: its packed values of those rows
 * times weights [coarse_rows * coarse_columns, heads], enlarged bilinearly as between the middles of pixels. Channels come
 * in one group per head, in the heads' order. `room` holds 2 x heads floats. Channels are a multiple of 4.
 *
 * With `valid` [to - from, columns], which may be null, only pixels that are not 0 there are added, and `shares`
 * [to - from, columns, heads] gets the sums of their weights.
 */
__attribute__((export_name("weigh"))) void weigh(const short *steps, const float *scales, const float *weights, int heads,
                                                 int coarse_rows, int coarse_columns, int channels, int rows,
                                                 int columns, int from, int to, float *sum, float *room,
                                                 const unsigned char *valid, float *shares) {
  int width = channels / heads, at = 0, pixel = 0;
  for (int row = from; row < to; row++) {
    Between y = between(row, rows, coarse_rows);
    const float *above = weights + y.first * coarse_columns * heads, *below = weights + y.second * coarse_columns * heads;
    for (int column = 0; column < columns; column++, pixel++) {
      if (valid && !valid[pixel]) {
        at += channels;
        continue;
      }
      Between x = between(column, columns, coarse_columns);
      for (int h = 0; h < heads; h++) {
        int left = x.first * heads + h, right = x.second * heads + h;
        float up = above[left] + (above[right] - above[left]) * x.share;
        float down = below[left] + (below[right] - below[left]) * x.share;
        room[h] = up + (down - up) * y.share;
      }
      if (valid) {
        for (int h = 0; h < heads; h++) shares[pixel * heads + h] += room[h];
      }
      if (width % 4 == 0) {
        for (int h = 0; h < heads; h++) {
          v4 weight = all4(room[h]);
          for (int c = 0; c < width; c += 4, at += 4) {
            store4(sum + at, fma4(weight, unpack4(steps, scales, at), load4(sum + at)));
          }
        }
      } else {
        for (int h = 0; h < heads; h++) {
          for (int c = 0; c < width; c++, at++) sum[at] += room[h] * (steps[at] * scales[at / PACKED]);
        }
      }
    }
  }
}

/* Weights that add up to less count as none. */
#define LEAST_SHARE 1e-6f

/* Divides `sum` [pixels, channels] by the sums of its weights [pixels, heads], where these are not as good as 0. */
__attribute__((export_name("divide_sums"))) void divide_sums(float *sum, const float *shares, int pixels, int channels, int heads) {
  int width = channels / heads;
  for (int at = 0; at < pixels * heads; at++, sum += width) {
    float share = shares[at] < LEAST_SHARE ? 1 : shares[at];
    for (int c = 0; c < width; c++) sum[c] /= share;
  }
}
