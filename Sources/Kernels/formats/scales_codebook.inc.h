// The scales of the groups of codebook formats. See scales_k.inc.h; none of these have minimums.
#pragma once

#include "formats/half.inc.h"

ALWAYS_INLINE void scales_IQ4_NL(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)stride, (void)minimum;
  scale[0] = half_at(b);
}

ALWAYS_INLINE void scales_IQ4_XS(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b);
  const uint32_t high = u16_at(b + 2);
  UNROLL for (size_t g = 0; g < 8; g++) {
    const uint32_t low = b[4 + g / 2] >> 4 * (g % 2) & 15;
    scale[g * stride] = d * (float)((int)(low | (high >> 2 * g & 3) << 4) - 32);
  }
}

// A power of two, 2^(e - 128), as a float; subnormal for the two lowest.
ALWAYS_INLINE void scales_MXFP4(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)stride, (void)minimum;
  const uint32_t bits = b[0] < 2 ? 0x00200000u << b[0] : (uint32_t)(b[0] - 1) << 23;
  memcpy(scale, &bits, sizeof bits);
}

// Half of an unsigned E4M3 float; 0x7f, which would be none, is 0 as in GGML.
ALWAYS_INLINE void scales_NVFP4(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  UNROLL for (size_t g = 0; g < 4; g++) {
    const uint32_t exponent = b[g] >> 3 & 15, mantissa = b[g] & 7;
    const uint32_t normal = (exponent + 119) << 23 | mantissa << 20;
    float value;
    memcpy(&value, &normal, sizeof value);
    if (exponent == 0) value = (float)mantissa * 0x1p-10f;
    scale[g * stride] = b[g] == 0x7f ? 0 : value;
  }
}

// ---- IQ2 and IQ3: d times an odd number of halves

ALWAYS_INLINE void scales_IQ2_XXS(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b);
  UNROLL for (size_t g = 0; g < 8; g++) {
    scale[g * stride] = d * (0.5f + (float)(b[2 + 8 * g + 7] >> 4)) * 0.25f;
  }
}

// at: a nibble for each group of 16.
ALWAYS_INLINE void scales_iq2_16(const uint8_t *b, const uint8_t *at, const size_t stride, float *scale) {
  const float d = half_at(b);
  UNROLL for (size_t g = 0; g < 16; g++) {
    scale[g * stride] = d * (0.5f + (float)(at[g / 2] >> 4 * (g % 2) & 15)) * 0.25f;
  }
}

ALWAYS_INLINE void scales_IQ2_XS(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  scales_iq2_16(b, b + 66, stride, scale);
}

ALWAYS_INLINE void scales_IQ2_S(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  scales_iq2_16(b, b + 74, stride, scale);
}

ALWAYS_INLINE void scales_IQ3_XXS(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b);
  UNROLL for (size_t g = 0; g < 8; g++) {
    scale[g * stride] = d * (0.5f + (float)(b[66 + 4 * g + 3] >> 4)) * 0.5f;
  }
}

ALWAYS_INLINE void scales_IQ3_S(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b);
  UNROLL for (size_t g = 0; g < 8; g++) {
    scale[g * stride] = d * (float)(1 + 2 * (b[106 + g / 2] >> 4 * (g % 2) & 15));
  }
}

// ---- IQ1: the integers count eighths

ALWAYS_INLINE void scales_IQ1_S(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b) * 0.125f;
  UNROLL for (size_t g = 0; g < 8; g++) {
    scale[g * stride] = d * (float)(2 * (b[34 + 2 * g + 1] >> 4 & 7) + 1);
  }
}

// Four words hold 4 scales of 3 bits each in their lower 12 bits, and d in their upper 4.
ALWAYS_INLINE void scales_IQ1_M(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const uint8_t *words = b + 48;
  uint8_t bytes[2];
  bytes[0] = (uint8_t)(words[1] >> 4 | (words[3] & 0xf0));
  bytes[1] = (uint8_t)(words[5] >> 4 | (words[7] & 0xf0));
  const float d = half_at(bytes) * 0.125f;
  UNROLL for (size_t g = 0; g < 16; g++) {
    const uint32_t code = (uint32_t)u16_at(words + g / 4 * 2) >> 3 * (g % 4) & 7;
    scale[g * stride] = d * (float)(2 * code + 1);
  }
}

// ---- One scale for the whole block

ALWAYS_INLINE void scales_TQ1_0(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b + 52);
  UNROLL for (size_t g = 0; g < 8; g++) scale[g * stride] = d;
}

ALWAYS_INLINE void scales_TQ2_0(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b + 64);
  UNROLL for (size_t g = 0; g < 8; g++) scale[g * stride] = d;
}

ALWAYS_INLINE void scales_Q8_K(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  float d;
  memcpy(&d, b, sizeof d);
  UNROLL for (size_t g = 0; g < 8; g++) scale[g * stride] = d;
}
