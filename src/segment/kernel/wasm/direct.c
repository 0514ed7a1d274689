/* Convolutions that are done as they are defined. Pictures are [pixels, channels], multiples of 4 in and of 8 out. */
#include "multiply.h"
#include "picture.h"

/* Pixels of which the inputs and sums are in work at once. */
#define BLOCK 24

static void multiply_block(const float *v, int depth, const float *kernels, int channels, int count, float *m) {
  for (int c = 0; c < channels; c += LANES) {
    for (int t = 0; t < count; t += TILES) {
      multiply(v + t * depth, depth, kernels + c * depth, depth, m + t * channels + c, channels);
    }
  }
}

/*
 * 1 x 1 convolution: in [pixels, depth] to out [pixels, channels]. `kernels` are [channels / 8, depth, 8]; `room` holds
 * 26 x channels floats. Reads up to 5 pixels behind the last.
 */
__attribute__((export_name("mix"))) void mix(const float *in, int depth, const float *kernels, const float *bias,
                                             float floor, float *out, int channels, int pixels, float *room,
                                             double *totals) {
  Finish finish = {bias, floor, room + BLOCK * channels, totals};
  begin_picture(finish, channels);
  for (int first = 0; first < pixels; first += BLOCK) {
    int count = pixels - first < BLOCK ? pixels - first : BLOCK;
    multiply_block(in + first * depth, depth, kernels, channels, count, room);
    begin_block(finish, channels);
    for (int t = 0; t < count; t++) finish_pixel(room + t * channels, channels, finish, out + (first + t) * channels);
    end_block(finish, channels);
  }
}

/* One pixel, or 0 where it lies outside. */
static void take_pixel(const float *in, int depth, int rows, int columns, int row, int column, float *v) {
  int outside = row < 0 || row >= rows || column < 0 || column >= columns;
  const float *from = in + (row * columns + column) * depth;
  for (int c = 0; c < depth; c += 4) store4(v + c, outside ? all4(0) : load4(from + c));
}

/*
 * Transposed 4 x 4 convolution, stride 2, padding 1, nothing outside the picture: in [rows * columns, depth] to out
 * [2 rows * 2 columns, channels]. Each of the four pixels that one becomes has 2 x 2 taps of its own; `kernels` are
 * [4, channels / 8, 4 x depth, 8] the own row and column first. `room` holds
 * 24 x (4 x depth + channels) + 2 x channels floats.
 */
__attribute__((export_name("enlarge"))) void enlarge(const float *in, int depth, const float *kernels,
                                                     const float *bias, float floor, float *out, int channels, int rows,
                                                     int columns, float *room, double *totals) {
  int deep = 4 * depth, pixels = rows * columns;
  float *v = room, *m = room + BLOCK * deep;
  Finish finish = {bias, floor, m + BLOCK * channels, totals};
  begin_picture(finish, channels);
  for (int phase = 0; phase < 4; phase++) {
    int down = phase / 2, right = phase % 2;
    /* An even row sees its own and the one above, an odd row its own and the one below. */
    int row_step = down ? 1 : -1, column_step = right ? 1 : -1;
    for (int first = 0; first < pixels; first += BLOCK) {
      int count = pixels - first < BLOCK ? pixels - first : BLOCK;
      for (int t = 0; t < count; t++) {
        int row = (first + t) / columns, column = (first + t) % columns;
        for (int tap = 0; tap < 4; tap++) {
          int y = row + tap / 2 * row_step, x = column + tap % 2 * column_step;
          take_pixel(in, depth, rows, columns, y, x, v + t * deep + tap * depth);
        }
      }
      multiply_block(v, deep, kernels + phase * deep * channels, channels, count, m);
      begin_block(finish, channels);
      for (int t = 0; t < count; t++) {
        int row = (first + t) / columns * 2 + down, column = (first + t) % columns * 2 + right;
        finish_pixel(m + t * channels, channels, finish, out + (row * 2 * columns + column) * channels);
      }
      end_block(finish, channels);
    }
  }
}

/*
 * One kernel per channel, mirrored edges: in [rows * columns, channels] to out, of the same size for `stride` 1, half of
 * it (rounded down) for 2. `kernels` are [side, side, channels]; the pixel at the top left of a kernel lies one up and left.
 */
__attribute__((export_name("filter"))) void filter(const float *in, int channels, const float *kernels, int side,
                                                   int stride, float *out, int rows, int columns) {
  int height = rows / stride, width = columns / stride;
  for (int row = 0; row < height; row++) {
    for (int column = 0; column < width; column++, out += channels) {
      for (int c = 0; c < channels; c += 4) store4(out + c, all4(0));
      for (int i = 0; i < side; i++) {
        const float *from = in + mirror(row * stride - 1 + i, rows) * columns * channels;
        for (int j = 0; j < side; j++) {
          const float *pixel = from + mirror(column * stride - 1 + j, columns) * channels;
          const float *kernel = kernels + (i * side + j) * channels;
          for (int c = 0; c < channels; c += 4) {
            store4(out + c, fma4(load4(pixel + c), load4(kernel + c), load4(out + c)));
          }
        }
      }
    }
  }
}
