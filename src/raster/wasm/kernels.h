/* What the kernels share: no C library stands behind them. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int i32;

/* Makes a function callable from JavaScript under this name. */
#define EXPORT(name) __attribute__((export_name(name)))

/* Words at any address; WebAssembly is little-endian and allows them unaligned. */
typedef struct {
  u64 word;
} __attribute__((packed)) word64;
typedef struct {
  u16 word;
} __attribute__((packed)) word16;

static inline u64 load64(const u8 *at) { return ((const word64 *)at)->word; }
static inline void store64(u8 *at, u64 value) { ((word64 *)at)->word = value; }
static inline void store16(u8 *at, u16 value) { ((word16 *)at)->word = value; }

/* Checksum of a zlib stream (RFC 1950). */
u32 adler32(const u8 *bytes, u32 length);
