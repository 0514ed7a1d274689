/* Floats in half their memory. */
#include "pack.h"

/* Steps from 0 to the largest value of a block, either way. */
#define STEPS 32767.0f

/*
 * `count` floats, a multiple of 4, to steps and to a scale for each 64 of them. What is no number makes the scale of its
 * block no number.
 */
__attribute__((export_name("pack"))) void pack(const float *values, int count, short *steps, float *scales) {
  for (int first = 0; first < count; first += PACKED) {
    int end = first + PACKED < count ? first + PACKED : count;
    v4 largest = all4(0);
    for (int at = first; at < end; at += 4) largest = wasm_f32x4_max(largest, wasm_f32x4_abs(load4(values + at)));
    largest = wasm_f32x4_max(largest, wasm_i32x4_shuffle(largest, largest, 2, 3, 0, 1));
    largest = wasm_f32x4_max(largest, wasm_i32x4_shuffle(largest, largest, 1, 0, 3, 2));
    float most = wasm_f32x4_extract_lane(largest, 0);
    scales[first / PACKED] = most / STEPS;
    v4 per_unit = all4(most > 0 ? STEPS / most : 0);
    for (int at = first; at < end; at += 4) {
      v4 rounded = wasm_f32x4_nearest(mul4(load4(values + at), per_unit));
      v128_t whole = wasm_i32x4_trunc_sat_f32x4(rounded);
      wasm_v128_store64_lane(steps + at, wasm_i16x8_narrow_i32x4(whole, whole), 0);
    }
  }
}
