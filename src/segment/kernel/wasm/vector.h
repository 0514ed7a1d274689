#pragma once
#include <wasm_simd128.h>

typedef v128_t v4;

/* a * b + c. The relaxed instruction is one fused multiply-add where the processor has it. */
static inline v4 fma4(v4 a, v4 b, v4 c) {
#ifdef __wasm_relaxed_simd__
  return (v4)__builtin_wasm_relaxed_madd_f32x4((__f32x4)a, (__f32x4)b, (__f32x4)c);
#else
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
#endif
}

static inline v4 add4(v4 a, v4 b) { return wasm_f32x4_add(a, b); }
static inline v4 sub4(v4 a, v4 b) { return wasm_f32x4_sub(a, b); }
static inline v4 mul4(v4 a, v4 b) { return wasm_f32x4_mul(a, b); }
static inline v4 all4(float value) { return wasm_f32x4_splat(value); }
static inline v4 load4(const float *at) { return wasm_v128_load(at); }
static inline void store4(float *at, v4 value) { wasm_v128_store(at, value); }
