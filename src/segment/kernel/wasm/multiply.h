#pragma once
/* The innermost loop of all kernels: a small product of matrices whose sums stay in registers. */
#include "vector.h"

/* Rows and columns of one product: 12 sums, which with three operands fill 15 of the 16 registers of x86. */
#define TILES 6
#define LANES 8

/*
 * m[row][lane] = sum over k of v[row][k] u[k][lane], for LANES lanes and `tiles` rows, a constant, at most TILES. `depth` is
 * a multiple of 4. The others say how many floats lie from one row to the next.
 */
__attribute__((always_inline)) static inline void multiply_rows(int tiles, const float *v, int v_step, const float *u,
                                                                int u_step, int depth, float *m, int m_step) {
  v4 sum[TILES][2];
  for (int t = 0; t < tiles; t++) sum[t][0] = sum[t][1] = all4(0);
  for (int k = 0; k < depth; k += 4) {
#pragma clang loop unroll(full)
    for (int step = 0; step < 4; step++) {
      v4 a = load4(u + (k + step) * u_step), b = load4(u + (k + step) * u_step + 4);
#pragma clang loop unroll(full)
      for (int t = 0; t < tiles; t++) {
        v4 x = wasm_v128_load32_splat(v + t * v_step + k + step);
        sum[t][0] = fma4(x, a, sum[t][0]);
        sum[t][1] = fma4(x, b, sum[t][1]);
      }
    }
  }
  for (int t = 0; t < tiles; t++) {
    store4(m + t * m_step, sum[t][0]);
    store4(m + t * m_step + 4, sum[t][1]);
  }
}

static inline void multiply(const float *v, int v_step, const float *u, int u_step, int depth, float *m, int m_step) {
  multiply_rows(TILES, v, v_step, u, u_step, depth, m, m_step);
}
