#pragma once
/*
 * The innermost loops of all kernels: small products of matrices whose sums stay in registers. Their instructions are
 * written out, because a compiler puts the loads of several steps first and has more values at hand than there are
 * registers then: sums move to memory and back, and a third of the speed is lost.
 */
#include "vector.h"

/* Rows and columns of one product: 12 sums, which with three operands fill the 15 registers that V8 has on x86. */
#define TILES 6
#define LANES 8
/* Rows of a product of `weigh_rows`; heads are a multiple of it. */
#define HEADS 4

/* One number x of v times eight of u, which lie in a and b, added to the sums s and t of its row. */
#ifdef __wasm_relaxed_simd__
#define MADD(of, sum) "local.get %[x]\nlocal.get %[" of "]\nlocal.get %[" sum "]\nf32x4.relaxed_madd\nlocal.set %[" sum "]\n"
#else
#define MADD(of, sum) "local.get %[" sum "]\nlocal.get %[x]\nlocal.get %[" of "]\nf32x4.mul\nf32x4.add\nlocal.set %[" sum "]\n"
#endif
#define ROW(row, from, at) "local.get %[" from "]\nv128.load32_splat " at "\nlocal.set %[x]\n" MADD("a", "s" row) MADD("b", "t" row)
#define ROWS3(at) ROW("0", "v0", at) ROW("1", "v1", at) ROW("2", "v2", at)
#define ROWS6(at) ROWS3(at) ROW("3", "v3", at) ROW("4", "v4", at) ROW("5", "v5", at)
/* Numbers of four rows that lie side by side. */
#define COLUMN4(from) ROW("0", from, "0") ROW("1", from, "4") ROW("2", from, "8") ROW("3", from, "12")

/* Eight numbers of u from `first` and `second` bytes behind it on. */
#define EIGHT(u, first, second) \
  "local.get %[" u "]\nv128.load " first "\nlocal.set %[a]\nlocal.get %[" u "]\nv128.load " second "\nlocal.set %[b]\n"

#define SUMS(row) [s##row] "+r"(s##row), [t##row] "+r"(t##row)
#define OPERANDS [a] "=&r"(a), [b] "=&r"(b), [x] "=&r"(x)
#define AT(row) [v##row] "r"(v##row + k)

static inline void store8(float *m, v4 first, v4 second) {
  store4(m, first);
  store4(m + 4, second);
}

#ifdef __wasm_relaxed_simd__
/*
 * m[row][lane] = sum over k of v[row][k] u[k][lane], for LANES lanes and TILES rows. `depth` is a multiple of 4; the steps
 * say how many floats lie from one row to the next, which in u is LANES.
 */
__attribute__((noinline)) static void multiply(const float *v0, int v_step, const float *u, int depth, float *m, int m_step) {
  const float *v1 = v0 + v_step, *v2 = v1 + v_step, *v3 = v2 + v_step, *v4 = v3 + v_step, *v5 = v4 + v_step;
  v128_t s0 = all4(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, a, b, x;
  v128_t t0 = all4(0), t1 = t0, t2 = t0, t3 = t0, t4 = t0, t5 = t0;
  for (int k = 0; k < depth; k += 4, u += 4 * LANES) {
    __asm__ volatile(EIGHT("u", "0", "16") ROWS6("0") EIGHT("u", "32", "48") ROWS6("4")
                     EIGHT("u", "64", "80") ROWS6("8") EIGHT("u", "96", "112") ROWS6("12")
                     : SUMS(0), SUMS(1), SUMS(2), SUMS(3), SUMS(4), SUMS(5), OPERANDS
                     : [u] "r"(u), AT(0), AT(1), AT(2), AT(3), AT(4), AT(5) : "memory");
  }
  store8(m, s0, t0);
  store8(m + m_step, s1, t1);
  store8(m + 2 * m_step, s2, t2);
  store8(m + 3 * m_step, s3, t3);
  store8(m + 4 * m_step, s4, t4);
  store8(m + 5 * m_step, s5, t5);
}
#else
/* Half of the rows of `multiply`: here a product needs a register of its own before it is added. */
static inline void multiply_half(const float *v0, int v_step, const float *u, int depth, float *m, int m_step) {
  const float *v1 = v0 + v_step, *v2 = v1 + v_step;
  v128_t s0 = all4(0), s1 = s0, s2 = s0, t0 = s0, t1 = s0, t2 = s0, a, b, x;
  for (int k = 0; k < depth; k += 4, u += 4 * LANES) {
    __asm__ volatile(EIGHT("u", "0", "16") ROWS3("0") EIGHT("u", "32", "48") ROWS3("4")
                     EIGHT("u", "64", "80") ROWS3("8") EIGHT("u", "96", "112") ROWS3("12")
                     : SUMS(0), SUMS(1), SUMS(2), OPERANDS
                     : [u] "r"(u), AT(0), AT(1), AT(2) : "memory");
  }
  store8(m, s0, t0);
  store8(m + m_step, s1, t1);
  store8(m + 2 * m_step, s2, t2);
}

/*
 * m[row][lane] = sum over k of v[row][k] u[k][lane], for LANES lanes and TILES rows. `depth` is a multiple of 4; the steps
 * say how many floats lie from one row to the next, which in u is LANES.
 */
__attribute__((noinline)) static void multiply(const float *v, int v_step, const float *u, int depth, float *m, int m_step) {
  multiply_half(v, v_step, u, depth, m, m_step);
  multiply_half(v + TILES / 2 * v_step, v_step, u, depth, m + TILES / 2 * m_step, m_step);
}
#endif

/*
 * m[head][lane] = sum over k of v[k][head] u[k][lane], for HEADS heads and LANES lanes. `depth` is even; the steps say how
 * many floats lie from one row to the next.
 */
__attribute__((noinline, unused)) static void weigh_rows(const float *v, int v_step, const float *u, int u_step,
                                                         int depth, float *m, int m_step) {
  v128_t s0 = all4(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0, a, b, x;
  for (int k = 0; k < depth; k += 2, u += 2 * u_step, v += 2 * v_step) {
    __asm__ volatile(EIGHT("u", "0", "16") COLUMN4("v") EIGHT("next_u", "0", "16") COLUMN4("next_v")
                     : SUMS(0), SUMS(1), SUMS(2), SUMS(3), OPERANDS
                     : [u] "r"(u), [next_u] "r"(u + u_step), [v] "r"(v), [next_v] "r"(v + v_step) : "memory");
  }
  store8(m, s0, t0);
  store8(m + m_step, s1, t1);
  store8(m + 2 * m_step, s2, t2);
  store8(m + 3 * m_step, s3, t3);
}
