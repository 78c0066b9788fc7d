// Dequantization of the formats of 32 elements, and of bfloat16. Every variant compiles this file for
// its instruction set: the loops are plain enough for the compiler to vectorize, and multiply and
// add stay separately rounded (FP_CONTRACT OFF in variants/), which is what the `gguf` package
// computes.
#pragma once

#include "formats/bytes.h"
#include "formats/half.inc.h"

// The vectorizer misses these short loops when they are unrolled early.
#define LOOP _Pragma("clang loop unroll(disable)")

// b: one block; out: [32]. Low nibbles are elements 0 ..< 16, high nibbles 16 ..< 32.

static inline void decode_Q4_0(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b);
  const uint8_t *restrict q = b + 2;  // [16]
  LOOP for (int i = 0; i < 16; i++) out[i] = d * (float)((q[i] & 15) - 8);
  LOOP for (int i = 0; i < 16; i++) out[16 + i] = d * (float)((q[i] >> 4) - 8);
}

static inline void decode_Q4_1(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b), m = half_at(b + 2);
  const uint8_t *restrict q = b + 4;  // [16]
  LOOP for (int i = 0; i < 16; i++) out[i] = d * (float)(q[i] & 15) + m;
  LOOP for (int i = 0; i < 16; i++) out[16 + i] = d * (float)(q[i] >> 4) + m;
}

// Bit i of `high` is the fifth bit of element i.

static inline void decode_Q5_0(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b);
  const uint32_t high = u32_at(b + 2);
  const uint8_t *restrict q = b + 6;  // [16]
  LOOP for (int i = 0; i < 16; i++) {
    const int low = (q[i] & 15) | (int)((high >> i & 1) << 4);
    out[i] = d * (float)(low - 16);
  }
  LOOP for (int i = 0; i < 16; i++) {
    const int low = (q[i] >> 4) | (int)((high >> (i + 16) & 1) << 4);
    out[16 + i] = d * (float)(low - 16);
  }
}

static inline void decode_Q5_1(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b), m = half_at(b + 2);
  const uint32_t high = u32_at(b + 4);
  const uint8_t *restrict q = b + 8;  // [16]
  LOOP for (int i = 0; i < 16; i++) {
    const int low = (q[i] & 15) | (int)((high >> i & 1) << 4);
    out[i] = d * (float)low + m;
  }
  LOOP for (int i = 0; i < 16; i++) {
    const int low = (q[i] >> 4) | (int)((high >> (i + 16) & 1) << 4);
    out[16 + i] = d * (float)low + m;
  }
}

static inline void decode_Q8_0(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b);
  const int8_t *restrict q = (const int8_t *)(b + 2);  // [32]
  LOOP for (int i = 0; i < 32; i++) out[i] = (float)q[i] * d;
}

static void decode_BF16(const uint8_t *restrict bytes, float *restrict out, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const uint32_t bits = (uint32_t)u16_at(bytes + 2 * i) << 16;
    memcpy(out + i, &bits, sizeof bits);
  }
}
