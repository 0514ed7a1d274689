#include <wasm_simd128.h>

#include "kernels.h"

enum {
  MODULUS = 65521,
  /* The most bytes after which 32-bit sums have not run over (zlib's NMAX is 5552), in whole vectors. */
  BYTES_PER_ROUND = 5536,
};

static u32 sum_lanes(v128_t lanes) {
  return (u32)wasm_i32x4_extract_lane(lanes, 0) + (u32)wasm_i32x4_extract_lane(lanes, 1) +
         (u32)wasm_i32x4_extract_lane(lanes, 2) + (u32)wasm_i32x4_extract_lane(lanes, 3);
}

u32 adler32(const u8 *bytes, u32 length) {
  const v128_t low_weights = wasm_i16x8_make(16, 15, 14, 13, 12, 11, 10, 9);
  const v128_t high_weights = wasm_i16x8_make(8, 7, 6, 5, 4, 3, 2, 1);
  u32 first = 1;
  u32 second = 0;
  while (length >= 16) {
    u32 round = length < BYTES_PER_ROUND ? length & ~15u : BYTES_PER_ROUND;
    v128_t sums = wasm_i32x4_const_splat(0);
    v128_t before = wasm_i32x4_const_splat(0);
    v128_t weighted = wasm_i32x4_const_splat(0);
    for (u32 at = 0; at < round; at += 16) {
      v128_t piece = wasm_v128_load(bytes + at);
      before = wasm_i32x4_add(before, sums);
      sums = wasm_i32x4_add(sums, wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(piece)));
      v128_t low = wasm_i32x4_dot_i16x8(wasm_u16x8_extend_low_u8x16(piece), low_weights);
      v128_t high = wasm_i32x4_dot_i16x8(wasm_u16x8_extend_high_u8x16(piece), high_weights);
      weighted = wasm_i32x4_add(weighted, wasm_i32x4_add(low, high));
    }
    second = (second + first * round + sum_lanes(before) * 16 + sum_lanes(weighted)) % MODULUS;
    first = (first + sum_lanes(sums)) % MODULUS;
    bytes += round;
    length -= round;
  }
  while (length-- > 0) {
    first = (first + *bytes++) % MODULUS;
    second = (second + first) % MODULUS;
  }
  return second << 16 | first;
}
