/* Steps of a network beside its convolutions, over pictures [pixels, channels] with a multiple of 4 channels. */
#include "vector.h"

/* Planes [bands, pixels] to pixels [pixels, channels], channels past the bands 0. */
__attribute__((export_name("interleave"))) void interleave(const float *planes, int bands, int pixels, float *out,
                                                           int channels) {
  for (int at = 0; at < pixels; at++) {
    for (int c = 0; c < channels; c++) out[at * channels + c] = c < bands ? planes[c * pixels + at] : 0;
  }
}

/* The first `planes` channels of pixels [pixels, channels] to planes [planes, pixels]. */
__attribute__((export_name("separate"))) void separate(const float *data, int channels, int pixels, float *out,
                                                       int planes) {
  for (int c = 0; c < planes; c++) {
    for (int at = 0; at < pixels; at++) out[c * pixels + at] = data[at * channels + c];
  }
}

/* `count` channels of each pixel of one picture to channels of another, from `to` on. Steps are floats to the next pixel. */
__attribute__((export_name("place"))) void place(const float *data, int step, int count, int pixels, float *out,
                                                 int out_step, int to) {
  for (int at = 0; at < pixels; at++) {
    __builtin_memcpy(out + at * out_step + to, data + at * step, count * sizeof(float));
  }
}

/* Sums of two arrays of floats, `count` a multiple of 4. */
__attribute__((export_name("add"))) void add(const float *one, const float *other, int count, float *out) {
  for (int at = 0; at < count; at += 4) store4(out + at, add4(load4(one + at), load4(other + at)));
}

/* Pixels whose values are added up in single precision before the sums go on in double. */
#define BLOCK 64

/*
 * `totals` as the convolutions leave them, of the valid pixels alone, and how many these are. `sums` holds 2 x channels
 * floats.
 */
static int measure_valid(const float *data, int pixels, int channels, const unsigned char *valid, double *totals,
                         float *sums) {
  int count = 0;
  for (int c = 0; c < 2 * channels; c++) totals[c] = 0;
  for (int first = 0; first < pixels; first += BLOCK) {
    int end = first + BLOCK < pixels ? first + BLOCK : pixels;
    for (int c = 0; c < 2 * channels; c++) sums[c] = 0;
    for (int at = first; at < end; at++) {
      if (!valid[at]) continue;
      count++;
      const float *pixel = data + at * channels;
      for (int c = 0; c < channels; c += 4) {
        v4 value = load4(pixel + c);
        float *squares = sums + channels + c;
        store4(sums + c, add4(load4(sums + c), value));
        store4(squares, fma4(value, value, load4(squares)));
      }
    }
    for (int c = 0; c < 2 * channels; c++) totals[c] += sums[c];
  }
  return count;
}

/*
 * GroupNorm over all pixels and the channels of a group, then ReLU, in place. Channels behind the last group become 0.
 * `totals` as the convolutions leave them; `room` holds 2 x channels floats. With `valid` [pixels], which may be null, it
 * is done over the pixels that are not 0 there, and the others become 0.
 */
__attribute__((export_name("normalise"))) void normalise(float *data, int pixels, int channels, int groups, int width,
                                                         const float *gamma, const float *beta, float epsilon,
                                                         double *totals, float *room, const unsigned char *valid) {
  float *scale = room, *shift = room + channels;
  int counted = valid ? measure_valid(data, pixels, channels, valid, totals, room) : pixels;
  for (int c = 0; c < channels; c++) scale[c] = shift[c] = 0;
  for (int group = 0; group < groups; group++) {
    /* Without a valid pixel all sums are 0. */
    double sum = 0, squares = 0, count = (double)(counted > 0 ? counted : 1) * width;
    for (int c = group * width; c < (group + 1) * width; c++) {
      sum += totals[c];
      squares += totals[channels + c];
    }
    double mean = sum / count, variance = squares / count - mean * mean;
    double factor = 1 / __builtin_sqrt((variance > 0 ? variance : 0) + epsilon);
    for (int c = group * width; c < (group + 1) * width; c++) {
      scale[c] = (float)(gamma[c] * factor);
      shift[c] = (float)(beta[c] - mean * gamma[c] * factor);
    }
  }
  for (int at = 0; at < pixels; at++, data += channels) {
    if (valid && !valid[at]) {
      for (int c = 0; c < channels; c += 4) store4(data + c, all4(0));
      continue;
    }
    for (int c = 0; c < channels; c += 4) {
      v4 value = fma4(load4(data + c), load4(scale + c), load4(shift + c));
      store4(data + c, wasm_f32x4_pmax(value, all4(0)));
    }
  }
}
