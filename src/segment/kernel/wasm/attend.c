/*
 * The attention over the dates, pixel by pixel, in the folded form of the exporter (attention_layers.py): features are
 * normalised over all dates, a score per head and date, weights by softmax, then the weighted sums of features and of the
 * dates' encodings become one vector.
 */
#include "exp.h"
#include "multiply.h"
#include "pack.h"

/* Pixels whose vectors are made at once. */
#define PIXELS TILES

/* Written from JavaScript, in this order, four bytes each. Matrices are laid out as [columns / 8, rows, 8]. */
typedef struct {
  int dates, padded, channels, heads, lanes, encoded, out;
  float epsilon;
  /* [channels]: scale and shift of the norm over the dates, which has a group per head. */
  const float *gamma, *beta;
  /* [channels, lanes]: from features to scores; `lanes` is heads, padded to a multiple of 8. */
  const float *queries;
  /* [dates, lanes]: what the dates' encodings add to the scores. */
  const float *places;
  /* [padded, encoded]: encodings of the dates, then rows of 0; `padded` is a multiple of 12. */
  const float *encodings;
  /* [heads x channels + heads x encoded + channels, out], its bias, and the last norm's scale and shift; or null. */
  const float *matrix, *bias, *last_gamma, *last_beta;
} Attention;

/* Room for one pixel, and for the vectors of several. */
typedef struct {
  /* [padded, channels], [padded, lanes] and [heads, padded]. */
  float *features, *scores, *shares;
  /* Twice [channels]: sums and squares, then the scale. */
  float *totals;
  /* [PIXELS, rows of the matrix] and [PIXELS, out]. */
  float *sums, *vectors;
} Room;

static int matrix_rows(const Attention *a) { return a->heads * (a->channels + a->encoded) + a->channels; }

static Room divide(const Attention *a, float *room) {
  Room r;
  r.features = room;
  r.scores = r.features + a->padded * a->channels;
  r.shares = r.scores + a->padded * a->lanes;
  r.totals = r.shares + a->heads * a->padded;
  r.sums = r.totals + 2 * a->channels;
  r.vectors = r.sums + PIXELS * matrix_rows(a);
  return r;
}

/* GroupNorm over the dates: features become scaled features; `shift` is what is to be added to all of a channel. */
static void normalise_dates(const Attention *a, float *features, float *totals, float *shift) {
  int channels = a->channels, width = channels / a->heads;
  float *scale = totals, *squares = totals + channels, count = (float)(width * a->dates);
  for (int c = 0; c < channels; c += 4) {
    v4 sum = all4(0), square = all4(0);
    for (int t = 0; t < a->dates; t++) {
      v4 value = load4(features + t * channels + c);
      sum = add4(sum, value);
      square = fma4(value, value, square);
    }
    store4(totals + c, sum);
    store4(squares + c, square);
  }
  for (int first = 0; first < channels; first += width) {
    float sum = 0, square = 0;
    for (int c = first; c < first + width; c++) {
      sum += totals[c];
      square += squares[c];
    }
    float mean = sum / count, variance = square / count - mean * mean;
    /* Rounding may leave a variance a hair below 0; what is no number stays so. */
    float factor = 1 / __builtin_sqrtf((variance < 0 ? 0 : variance) + a->epsilon);
    for (int c = first; c < first + width; c++) {
      scale[c] = a->gamma[c] * factor;
      shift[c] = a->beta[c] - mean * scale[c];
    }
  }
  for (int c = 0; c < channels; c += 4) {
    v4 factor = load4(scale + c);
    for (int t = 0; t < a->dates; t++) store4(features + t * channels + c, mul4(load4(features + t * channels + c), factor));
  }
}

/* Scores [padded, lanes] to shares [heads, padded] that add up to 1 over the dates and are 0 behind them. */
static void share_out(const Attention *a, float *scores, float *shares) {
  for (int h = 0; h < a->heads; h += 4) {
    v4 most = add4(load4(scores + h), load4(a->places + h)), sum = all4(0);
    for (int t = 0; t < a->dates; t++) {
      v4 score = add4(load4(scores + t * a->lanes + h), load4(a->places + t * a->lanes + h));
      store4(scores + t * a->lanes + h, score);
      most = wasm_f32x4_max(most, score);
    }
    for (int t = 0; t < a->dates; t++) {
      v4 share = exp4(sub4(load4(scores + t * a->lanes + h), most));
      store4(scores + t * a->lanes + h, share);
      sum = add4(sum, share);
    }
    v4 factor = wasm_f32x4_div(all4(1), sum);
    for (int t = 0; t < a->padded; t++) {
      v4 share = t < a->dates ? mul4(load4(scores + t * a->lanes + h), factor) : all4(0);
      shares[h * a->padded + t] = wasm_f32x4_extract_lane(share, 0);
      shares[(h + 1) * a->padded + t] = wasm_f32x4_extract_lane(share, 1);
      shares[(h + 2) * a->padded + t] = wasm_f32x4_extract_lane(share, 2);
      shares[(h + 3) * a->padded + t] = wasm_f32x4_extract_lane(share, 3);
    }
  }
}

/* Sums of `width` values of all dates, [padded, width], weighted by each head: [heads, width]. */
static void weigh_dates(const Attention *a, const float *shares, const float *values, int width, float *sums) {
  int dates = (a->dates + 3) / 4 * 4;
  for (int h = 0; h < a->heads; h += HEADS) {
    for (int c = 0; c < width; c += LANES) {
      weigh_rows(shares + h * a->padded, a->padded, values + c, width, dates, sums + h * width + c, width);
    }
  }
}

/* Bias, ReLU and a GroupNorm of the vector alone, a group per head, centred first: a group may be nearly constant. */
static void finish_vector(const Attention *a, float *vector, float *out) {
  int width = a->out / a->heads;
  for (int first = 0; first < a->out; first += width) {
    float sum = 0, squares = 0;
    for (int c = first; c < first + width; c++) {
      float value = vector[c] + a->bias[c];
      vector[c] = value < 0 ? 0 : value;
      sum += vector[c];
    }
    float mean = sum / width;
    for (int c = first; c < first + width; c++) {
      vector[c] -= mean;
      squares += vector[c] * vector[c];
    }
    float factor = 1 / __builtin_sqrtf(squares / width + a->epsilon);
    for (int c = first; c < first + width; c++) out[c] = vector[c] * factor * a->last_gamma[c] + a->last_beta[c];
  }
}

/*
 * `pixels` pixels: packed features of each date, [dates, pixels, channels], `step_of_date` and `scales_of_date` values from
 * one date to the next, to `embedding` [pixels, out] and `weights` [dates, heads, pixels]; either may be null. `room` is as
 * `divide` takes it.
 */
__attribute__((export_name("attend"))) void attend(const Attention *a, const short *steps, int steps_of_date,
                                                   const float *scales, int scales_of_date, int pixels, float *room,
                                                   float *embedding, float *weights) {
  Room r = divide(a, room);
  int rows = matrix_rows(a);
  for (int at = a->dates * a->channels; at < a->padded * a->channels; at++) r.features[at] = 0;
  for (int first = 0; first < pixels; first += PIXELS) {
    int count = pixels - first < PIXELS ? pixels - first : PIXELS;
    for (int p = 0; p < count; p++) {
      int pixel = first + p;
      float *sums = r.sums + p * rows, *of_places = sums + a->heads * a->channels;
      for (int t = 0; t < a->dates; t++) {
        for (int c = 0; c < a->channels; c += 4) {
          v4 value = unpack4(steps + t * steps_of_date, scales + t * scales_of_date, pixel * a->channels + c);
          store4(r.features + t * a->channels + c, value);
        }
      }
      normalise_dates(a, r.features, r.totals, of_places + a->heads * a->encoded);
      for (int lane = 0; lane < a->lanes; lane += LANES) {
        const float *queries = a->queries + lane * a->channels;
        for (int t = 0; t < a->padded; t += TILES) {
          multiply(r.features + t * a->channels, a->channels, queries, a->channels, r.scores + t * a->lanes + lane,
                   a->lanes);
        }
      }
      share_out(a, r.scores, r.shares);
      if (weights) {
        for (int t = 0; t < a->dates; t++) {
          for (int h = 0; h < a->heads; h++) weights[(t * a->heads + h) * pixels + pixel] = r.shares[h * a->padded + t];
        }
      }
      if (!embedding) continue;
      weigh_dates(a, r.shares, r.features, a->channels, sums);
      weigh_dates(a, r.shares, a->encodings, a->encoded, of_places);
    }
    if (!embedding) continue;
    for (int c = 0; c < a->out; c += LANES) {
      multiply(r.sums, rows, a->matrix + c * rows, rows, r.vectors + c, a->out);
    }
    for (int p = 0; p < count; p++) finish_vector(a, r.vectors + p * a->out, embedding + (first + p) * a->out);
  }
}
