/*
 * GDAL's cubic enlargement by 2 (src/raster/enlarge.ts), to the digit: with a factor of 2 the weights are whole numbers
 * over 128, so the sums of 16-bit pixels are exact in 32-bit integers. What is left of GDAL's rounding is the step to
 * float32 after both directions, and that is what the conversion does.
 */
#include <wasm_simd128.h>

#include "kernels.h"

enum { TAPS = 4 };

/* 128 times the weights, for even and odd outputs; output 2i stands on pixels i-2 to i+1, output 2i+1 on i-1 to i+2. */
static const i32 WEIGHTS[2][TAPS] = {{-3, 29, 111, -9}, {-9, 111, 29, -3}};

/* The first source pixel that an output stands on. */
static inline i32 support(i32 output) { return (output >> 1) - 2 + (output & 1); }

static inline v128_t weighted(const v128_t *pixels, const i32 *weights) {
  v128_t sum = wasm_i32x4_mul(pixels[0], wasm_i32x4_splat(weights[0]));
  for (u32 tap = 1; tap < TAPS; tap++) {
    sum = wasm_i32x4_add(sum, wasm_i32x4_mul(pixels[tap], wasm_i32x4_splat(weights[tap])));
  }
  return sum;
}

/* Outputs 2 * first_pair and on, 128 times too large; `pixels` points to source pixel `first_pair`. */
static void stretch_row(const u16 *pixels, u32 pairs, i32 *line) {
  for (u32 pair = 0; pair < pairs; pair += 4) {
    v128_t around[TAPS + 1];
    for (i32 tap = 0; tap <= TAPS; tap++) around[tap] = wasm_u32x4_load16x4(pixels + pair + tap - 2);
    v128_t even = weighted(around, WEIGHTS[0]);
    v128_t odd = weighted(around + 1, WEIGHTS[1]);
    wasm_v128_store(line + 2 * pair, wasm_i32x4_shuffle(even, odd, 0, 4, 1, 5));
    wasm_v128_store(line + 2 * pair + 4, wasm_i32x4_shuffle(even, odd, 2, 6, 3, 7));
  }
}

static inline v128_t rounded(const i32 *const *lines, u32 at, const i32 *weights) {
  v128_t pixels[TAPS];
  for (u32 tap = 0; tap < TAPS; tap++) pixels[tap] = wasm_v128_load(lines[tap] + at);
  v128_t value = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(weighted(pixels, weights)), wasm_f32x4_splat(1.0f / 16384));
  return wasm_u32x4_trunc_sat_f32x4(wasm_f32x4_add(value, wasm_f32x4_splat(0.5f)));
}

/*
 * Writes outputs [row, row + rows) x [column, column + columns) of the enlarged raster. `source` holds the pixels from
 * (source_row, source_column) on, `source_columns` wide, with all that the outputs stand on. `lines` has room for four
 * lines of columns + 16 numbers; no output is less than `least`. Reads up to 16 bytes and writes up to 14 bytes past what is needed.
 */
EXPORT("enlarge_twice")
void enlarge_twice(const u16 *source, i32 source_row, i32 source_column, u32 source_columns, i32 row, i32 column,
                   u32 rows, u32 columns, i32 *lines, u16 *out, u32 least) {
  const v128_t bottom = wasm_u16x8_splat((u16)least);
  const u32 line_length = columns + 16;
  const i32 first_pair = column >> 1;
  const u32 skipped = column & 1;
  const u32 pairs = (columns + skipped + 1) >> 1;
  i32 stretched = support(row);
  for (u32 at_row = 0; at_row < rows; at_row++) {
    const i32 output = row + (i32)at_row;
    const i32 first = support(output);
    for (; stretched < first + TAPS; stretched++) {
      const u16 *pixels = source + (u32)(stretched - source_row) * source_columns + (first_pair - source_column);
      stretch_row(pixels, pairs, lines + (stretched & 3) * line_length);
    }
    const i32 *four[TAPS];
    for (i32 tap = 0; tap < TAPS; tap++) four[tap] = lines + ((first + tap) & 3) * line_length + skipped;
    u16 *to = out + at_row * columns;
    for (u32 at = 0; at < columns; at += 8) {
      v128_t low = rounded(four, at, WEIGHTS[output & 1]);
      v128_t high = rounded(four, at + 4, WEIGHTS[output & 1]);
      wasm_v128_store(to + at, wasm_u16x8_max(wasm_u16x8_narrow_i32x4(low, high), bottom));
    }
  }
}
