#pragma once
#include "vector.h"

/*
 * e to the power of four numbers of at most 0: 2^n e^r with |r| <= ln 2 / 2 and the Taylor series of e^r, whose eighth
 * term is below a quarter of the last bit. Below -87, where floats end, about 1e-38. What is no number stays so.
 */
static inline v4 exp4(v4 x) {
  v4 least = all4(-87.0f), bounded = wasm_f32x4_pmax(x, least);
  v4 n = wasm_f32x4_nearest(mul4(bounded, all4(1.44269504f)));
  /* ln 2 in two parts, the first with so few bits that its products with n are exact. */
  v4 r = sub4(sub4(bounded, mul4(n, all4(0.693359375f))), mul4(n, all4(-2.12194440e-4f)));
  v4 series = all4(1.0f / 5040);
  series = fma4(series, r, all4(1.0f / 720));
  series = fma4(series, r, all4(1.0f / 120));
  series = fma4(series, r, all4(1.0f / 24));
  series = fma4(series, r, all4(1.0f / 6));
  series = fma4(series, r, all4(0.5f));
  series = fma4(series, r, all4(1));
  series = fma4(series, r, all4(1));
  v128_t exponent = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
  return mul4(series, exponent);
}
