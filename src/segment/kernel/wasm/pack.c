/* Floats in half their memory. */
#include "pack.h"

/* Steps from 0 to the largest value of a block, either way. */
#define STEPS 32767.0f

/*
 * `count` floats, a multiple of 8, to steps and to a scale for each 64 of them. What is no number makes the scale of its
 * block no number.
 */
__attribute__((export_name("pack"))) void pack(const float *values, int count, short *steps, float *scales) {
  for (int first = 0; first < count; first += PACKED) {
    int end = first + PACKED < count ? first + PACKED : count;
    /* Without their signs floats are in the order of their bits, behind which what is no number comes last. */
    v128_t largest = all4(0);
    for (int at = first; at < end; at += 4) largest = wasm_i32x4_max(largest, wasm_f32x4_abs(load4(values + at)));
    largest = wasm_i32x4_max(largest, wasm_i32x4_shuffle(largest, largest, 2, 3, 0, 1));
    largest = wasm_i32x4_max(largest, wasm_i32x4_shuffle(largest, largest, 1, 0, 3, 2));
    float most = wasm_f32x4_extract_lane(largest, 0);
    scales[first / PACKED] = most / STEPS;
    v4 per_unit = all4(most > 0 ? STEPS / most : 0);
    /* Numbers of this size have no room behind the point: the sum is rounded, and its last 16 bits are the step. */
    v4 rounding = all4(12582912.0f);
    for (int at = first; at < end; at += 8) {
      v4 low = fma4(load4(values + at), per_unit, rounding), high = fma4(load4(values + at + 4), per_unit, rounding);
      wasm_v128_store(steps + at, wasm_i16x8_shuffle(low, high, 0, 2, 4, 6, 8, 10, 12, 14));
    }
  }
}
