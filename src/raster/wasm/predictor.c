/*
 * Undoes the horizontal predictor (TIFF 6.0, section 14) of one 16-bit sample per pixel: what addUpRow of
 * src/raster/place-tile.ts does, eight pixels at a time.
 */
#include <wasm_simd128.h>

#include "kernels.h"

enum { LANES = 8 };

/* Eight differences summed up from the left, on top of the value before them in all lanes. */
static inline v128_t summed(v128_t differences, v128_t before) {
  const v128_t none = wasm_i16x8_splat(0);
  v128_t sums = wasm_i16x8_add(differences, wasm_i16x8_shuffle(none, differences, 0, 8, 9, 10, 11, 12, 13, 14));
  sums = wasm_i16x8_add(sums, wasm_i16x8_shuffle(none, sums, 0, 1, 8, 9, 10, 11, 12, 13));
  sums = wasm_i16x8_add(sums, wasm_i16x8_shuffle(none, sums, 0, 1, 2, 3, 8, 9, 10, 11));
  return wasm_i16x8_add(sums, before);
}

/* The last lane in all of them. */
static inline v128_t last(v128_t sums) { return wasm_i16x8_shuffle(sums, sums, 7, 7, 7, 7, 7, 7, 7, 7); }

/*
 * Sums up the first `columns` pixels of each of `rows` rows in place. Rows begin every `row_length` pixels; nothing past
 * `columns` is touched.
 */
EXPORT("add_up")
void add_up(u16 *pixels, u32 row_length, u32 columns, u32 rows) {
  for (u32 row = 0; row < rows; row++) {
    u16 *line = pixels + row * row_length;
    v128_t before = wasm_i16x8_splat(0);
    u32 at = 0;
    for (; at + LANES <= columns; at += LANES) {
      v128_t sums = summed(wasm_v128_load(line + at), before);
      wasm_v128_store(line + at, sums);
      before = last(sums);
    }
    u16 value = (u16)wasm_u16x8_extract_lane(before, 0);
    for (; at < columns; at++) line[at] = value = (u16)(value + line[at]);
  }
}
