#pragma once
#include "vector.h"

/*
 * e to the power of four numbers of at most 0: 2^n e^r with |r| <= ln 2 / 2 and the Taylor series of e^r, whose eighth
 * term is below a quarter of the last bit. Below -87, where floats end, about 1e-38. What is no number stays so.
 */
static inline v4 exp4(v4 x) {
  v4 least = all4(-87.0f), bounded = wasm_f32x4_pmax(x, least);
  /* Numbers of this size have no room behind the point: the sum is rounded, and ends in the bits of n. */
  v4 rounding = all4(12582912.0f), ending = fma4(bounded, all4(1.44269504f), rounding), n = sub4(ending, rounding);
  /* ln 2 in two parts, the first with so few bits that its products with n are exact. */
  v4 r = fma4(n, all4(2.12194440e-4f), fma4(n, all4(-0.693359375f), bounded));
  v4 series = all4(1.0f / 5040);
  series = fma4(series, r, all4(1.0f / 720));
  series = fma4(series, r, all4(1.0f / 120));
  series = fma4(series, r, all4(1.0f / 24));
  series = fma4(series, r, all4(1.0f / 6));
  series = fma4(series, r, all4(0.5f));
  series = fma4(series, r, all4(1));
  series = fma4(series, r, all4(1));
  /* 2^n: the bits of n moved to where a float has its exponent, and those of 1. */
  return mul4(series, wasm_i32x4_add(wasm_i32x4_shl(ending, 23), all4(1)));
}
