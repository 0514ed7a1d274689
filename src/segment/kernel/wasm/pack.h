#pragma once
/* Floats as they are kept (src/segment/pack.ts): 16-bit steps, and a scale for each block of 64 neighbours. */
#include "vector.h"

#define PACKED 64

/* Four values from `at`, a multiple of 4. */
static inline v4 unpack4(const short *steps, const float *scales, int at) {
  return mul4(wasm_f32x4_convert_i32x4(wasm_i32x4_load16x4(steps + at)), all4(scales[at / PACKED]));
}
