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
  /* [padded, encoded]: encodings of the dates, then rows of 0; `padded` is a multiple of 6. */
  const float *encodings;
  /* For each head [channels, encoded]: from its sum of features to what is added to its sum of encodings; or null. */
  const float *values;
  /* [heads x encoded, out], or without `values` [heads x channels + heads x encoded, out]; bias; the last norm; or null. */
  const float *matrix, *bias, *last_gamma, *last_beta;
} Attention;

/* Room for one pixel, and for the vectors of several. */
typedef struct {
  /* [padded, channels] and [padded, lanes]: scores become shares. */
  float *features, *shares;
  /* [channels, 8] of the pixel and eight heads. */
  float *queries;
  /* [channels] each. */
  float *scale, *shift;
  /* [PIXELS, heads x (channels + encoded)], [PIXELS, heads x encoded] and [PIXELS, out]. */
  float *sums, *values, *vectors;
} Room;

static int sums_of(const Attention *a) { return a->heads * (a->channels + a->encoded); }

static Room divide(const Attention *a, float *room) {
  Room r;
  r.features = room;
  r.shares = r.features + a->padded * a->channels;
  r.queries = r.shares + a->padded * a->lanes;
  r.scale = r.queries + a->channels * LANES;
  r.shift = r.scale + a->channels;
  r.sums = r.shift + a->channels;
  r.values = r.sums + PIXELS * sums_of(a);
  r.vectors = r.values + PIXELS * a->heads * a->encoded;
  return r;
}

/* Features of a pixel, and of each channel the sum over the dates (in `sum`) and that of the squares. */
static void unpack_dates(const Attention *a, const short *steps, int steps_of_date, const float *scales,
                         int scales_of_date, int pixel, float *features, float *sum, float *square) {
  for (int c = 0; c < a->channels; c += 8) {
    int from = pixel * a->channels + c;
    const short *step = steps + from;
    const float *scale = scales + from / PACKED;
    float *to = features + c;
    v4 sums[2] = {all4(0), all4(0)}, squares[2] = {all4(0), all4(0)};
    for (int t = 0; t < a->dates; t++, step += steps_of_date, scale += scales_of_date, to += a->channels) {
      v4 per_step = wasm_v128_load32_splat(scale);
      for (int half = 0; half < 2; half++) {
        v4 value = mul4(wasm_f32x4_convert_i32x4(wasm_i32x4_load16x4(step + 4 * half)), per_step);
        store4(to + 4 * half, value);
        sums[half] = add4(sums[half], value);
        squares[half] = fma4(value, value, squares[half]);
      }
    }
    for (int half = 0; half < 2; half++) {
      store4(sum + c + 4 * half, sums[half]);
      store4(square + c + 4 * half, squares[half]);
    }
  }
}

/* Of one pixel which dates are valid, `step` bytes from one to the next; null where all are. */
typedef struct {
  const unsigned char *at;
  int step;
} Validity;

static int is_hidden(Validity valid, int date) { return valid.at && !valid.at[date * valid.step]; }

/* Of a pixel without a valid date all dates count. */
static Validity validity_of(const unsigned char *valid, int dates, int pixels, int pixel, int *count) {
  Validity of = {valid ? valid + pixel : 0, pixels};
  *count = valid ? 0 : dates;
  if (!valid) return of;
  for (int t = 0; t < dates; t++) *count += !is_hidden(of, t);
  if (*count == 0) {
    *count = dates;
    of.at = 0;
  }
  return of;
}

/*
 * From sums and squares over the dates to scale and shift of a GroupNorm with a group per head, in their places. Features
 * of dates that do not count are 0.
 */
static void find_norm(const Attention *a, int dates, float *scale, float *shift) {
  int width = a->channels / a->heads;
  float count = (float)(width * dates);
  for (int first = 0; first < a->channels; first += width) {
    float sum = 0, square = 0;
    for (int c = first; c < first + width; c++) {
      sum += scale[c];
      square += shift[c];
    }
    float mean = sum / count, variance = square / count - mean * mean;
    /* Rounding may leave a variance a hair below 0; what is no number stays so. */
    float factor = 1 / __builtin_sqrtf((variance < 0 ? 0 : variance) + a->epsilon);
    for (int c = first; c < first + width; c++) {
      scale[c] = a->gamma[c] * factor;
      shift[c] = a->beta[c] - mean * scale[c];
    }
  }
}

/* Scores [padded, lanes] of each date and head. Scaling the queries spares scaling the features. */
static void find_scores(const Attention *a, Room r) {
  for (int h = 0; h < a->lanes; h += LANES) {
    const float *from = a->queries + h * a->channels;
    for (int c = 0; c < a->channels; c++) {
      v4 scale = all4(r.scale[c]);
      store8(r.queries + c * LANES, mul4(load4(from + c * LANES), scale), mul4(load4(from + c * LANES + 4), scale));
    }
    for (int t = 0; t < a->padded; t += TILES) {
      multiply(r.features + t * a->channels, a->channels, r.queries, a->channels, r.shares + t * a->lanes + h, a->lanes);
    }
  }
}

/*
 * Scores [padded, lanes] to shares that add up to 1 over the valid dates, and are 0 for others and behind them. What is no
 * number stays so.
 */
static void share_out(const Attention *a, Validity valid, float *shares) {
  for (int h = 0; h < a->heads; h += 4) {
    float *of_head = shares + h;
    v4 most = all4(-__builtin_inff()), sum = all4(0);
    for (int t = 0; t < a->dates; t++) {
      if (is_hidden(valid, t)) continue;
      v4 score = add4(load4(of_head + t * a->lanes), load4(a->places + t * a->lanes + h));
      store4(of_head + t * a->lanes, score);
      most = wasm_f32x4_pmax(most, score);
    }
    for (int t = 0; t < a->dates; t++) {
      if (is_hidden(valid, t)) {
        store4(of_head + t * a->lanes, all4(0));
        continue;
      }
      v4 share = exp4(sub4(load4(of_head + t * a->lanes), most));
      store4(of_head + t * a->lanes, share);
      sum = add4(sum, share);
    }
    v4 factor = wasm_f32x4_div(all4(1), sum);
    for (int t = 0; t < a->dates; t++) store4(of_head + t * a->lanes, mul4(load4(of_head + t * a->lanes), factor));
    for (int t = a->dates; t < a->padded; t++) store4(of_head + t * a->lanes, all4(0));
  }
}

/* Sums of `width` values of all dates, [padded, width], weighted by each head: [heads, width]. */
static void weigh_dates(const Attention *a, const float *shares, const float *values, int width, float *sums) {
  for (int h = 0; h < a->heads; h += HEADS) {
    for (int c = 0; c < width; c += LANES) {
      weigh_rows(shares + h, a->lanes, values + c, width, a->padded, sums + h * width + c, width);
    }
  }
}

/* Weighted sums of a pixel, [heads, channels], then of encodings, [heads, encoded]. */
static void find_sums(const Attention *a, Room r, float *sums) {
  weigh_dates(a, r.shares, r.features, a->channels, sums);
  for (int h = 0; h < a->heads; h++) {
    float *of_head = sums + h * a->channels;
    for (int c = 0; c < a->channels; c += 4) {
      store4(of_head + c, fma4(load4(of_head + c), load4(r.scale + c), load4(r.shift + c)));
    }
  }
  weigh_dates(a, r.shares, a->encodings, a->encoded, sums + a->heads * a->channels);
}

/* Of PIXELS pixels, [rows, columns] times a matrix. */
static void project(const float *from, int from_step, const float *matrix, int rows, int columns, float *to, int to_step) {
  for (int c = 0; c < columns; c += LANES) multiply(from, from_step, matrix + c * rows, rows, to + c, to_step);
}

/* From the sums of PIXELS pixels to their vectors. */
static void find_vectors(const Attention *a, Room r) {
  int step = sums_of(a), of_places = a->heads * a->encoded;
  if (!a->values) {
    project(r.sums, step, a->matrix, step, a->out, r.vectors, a->out);
    return;
  }
  for (int h = 0; h < a->heads; h++) {
    const float *matrix = a->values + h * a->channels * a->encoded;
    project(r.sums + h * a->channels, step, matrix, a->channels, a->encoded, r.values + h * a->encoded, of_places);
  }
  for (int p = 0; p < PIXELS; p++) {
    float *values = r.values + p * of_places, *places = r.sums + p * step + a->heads * a->channels;
    for (int at = 0; at < of_places; at += 4) store4(values + at, add4(load4(values + at), load4(places + at)));
  }
  project(r.values, of_places, a->matrix, of_places, a->out, r.vectors, a->out);
}

static float sum_of_lanes(v4 lanes) {
  lanes = add4(lanes, wasm_i32x4_shuffle(lanes, lanes, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(lanes, 0) + wasm_f32x4_extract_lane(lanes, 1);
}

static float sum_of(const float *values, int count) {
  v4 sums = all4(0);
  int at = 0;
  for (; at + 4 <= count; at += 4) sums = add4(sums, load4(values + at));
  float sum = sum_of_lanes(sums);
  for (; at < count; at++) sum += values[at];
  return sum;
}

/* Takes the mean away; the sum of the squares that are left. */
static float centre(float *values, int count, float mean) {
  v4 sums = all4(0);
  int at = 0;
  for (; at + 4 <= count; at += 4) {
    v4 value = sub4(load4(values + at), all4(mean));
    store4(values + at, value);
    sums = fma4(value, value, sums);
  }
  float sum = sum_of_lanes(sums);
  for (; at < count; at++) {
    values[at] -= mean;
    sum += values[at] * values[at];
  }
  return sum;
}

/* Bias, ReLU and a GroupNorm of the vector alone, a group per head, centred first: a group may be nearly constant. */
static void finish_vector(const Attention *a, float *vector, float *out) {
  int width = a->out / a->heads;
  for (int c = 0; c < a->out; c += 4) {
    store4(vector + c, wasm_f32x4_pmax(add4(load4(vector + c), load4(a->bias + c)), all4(0)));
  }
  for (int first = 0; first < a->out; first += width) {
    float squares = centre(vector + first, width, sum_of(vector + first, width) / width);
    float factor = 1 / __builtin_sqrtf(squares / width + a->epsilon);
    for (int c = first; c < first + width; c++) out[c] = factor;
  }
  for (int c = 0; c < a->out; c += 4) {
    v4 scale = mul4(load4(out + c), load4(a->last_gamma + c));
    store4(out + c, fma4(load4(vector + c), scale, load4(a->last_beta + c)));
  }
}

/*
 * `pixels` pixels: packed features of each date, [dates, pixels, channels], `step_of_date` and `scales_of_date` values from
 * one date to the next, to `embedding` [pixels, out] and `weights` [dates, heads, pixels]; either may be null. `room` is as
 * `divide` takes it. `valid` [dates, pixels] says which dates count, whose features are 0 otherwise; null where all do.
 */
__attribute__((export_name("attend"))) void attend(const Attention *a, const short *steps, int steps_of_date,
                                                   const float *scales, int scales_of_date, int pixels, float *room,
                                                   float *embedding, float *weights, const unsigned char *valid) {
  Room r = divide(a, room);
  for (int at = a->dates * a->channels; at < a->padded * a->channels; at++) r.features[at] = 0;
  for (int first = 0; first < pixels; first += PIXELS) {
    int count = pixels - first < PIXELS ? pixels - first : PIXELS;
    for (int p = 0; p < count; p++) {
      int pixel = first + p;
      unpack_dates(a, steps, steps_of_date, scales, scales_of_date, pixel, r.features, r.scale, r.shift);
      int counted;
      Validity of_pixel = validity_of(valid, a->dates, pixels, pixel, &counted);
      find_norm(a, counted, r.scale, r.shift);
      find_scores(a, r);
      share_out(a, of_pixel, r.shares);
      if (weights) {
        for (int t = 0; t < a->dates; t++) {
          for (int h = 0; h < a->heads; h++) weights[(t * a->heads + h) * pixels + pixel] = r.shares[t * a->lanes + h];
        }
      }
      if (embedding) find_sums(a, r, r.sums + p * sums_of(a));
    }
    if (!embedding) continue;
    find_vectors(a, r);
    for (int p = 0; p < count; p++) finish_vector(a, r.vectors + p * a->out, embedding + (first + p) * a->out);
  }
}
