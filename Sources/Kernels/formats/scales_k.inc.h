// The scales and minimums of the groups of K formats: codes, times one or two float16 numbers.
#pragma once

#include "formats/half.inc.h"

// The 6-bit scale of group g, 0 ..< 16, whose high two bits are stored apart.
static inline int q3_k_scale(const uint8_t *restrict s, int g) {
  return ((s[g % 8] >> (g / 8 * 4) & 15) | (s[8 + g % 4] >> (g / 4 * 2) & 3) << 4) - 32;
}

// The 6-bit scale and minimum of sub-block j, 0 ..< 8, packed in 12 bytes.
static inline void k_scale_min(const uint8_t *restrict s, int j, int *scale, int *minimum) {
  if (j < 4) {
    *scale = s[j] & 63;
    *minimum = s[j + 4] & 63;
  } else {
    *scale = (s[j + 4] & 15) | (s[j - 4] >> 6) << 4;
    *minimum = (s[j + 4] >> 4) | (s[j] >> 6) << 4;
  }
}

// ---- By format ---------------------------------------------------------------------------------
// b: one block; scale, minimum: one float for each group, `stride` floats apart. Minimums are what is
// added to a weight, and written only where the format has them.

ALWAYS_INLINE void scales_Q2_K(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  const float d = half_at(b + 80), dmin = half_at(b + 82);
  UNROLL for (size_t g = 0; g < 16; g++) {
    scale[g * stride] = d * (float)(b[g] & 15);
    minimum[g * stride] = -(dmin * (float)(b[g] >> 4));
  }
}

ALWAYS_INLINE void scales_Q3_K(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b + 108);
  UNROLL for (size_t g = 0; g < 16; g++) scale[g * stride] = d * (float)q3_k_scale(b + 96, (int)g);
}

ALWAYS_INLINE void scales_Q4_K(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  const float d = half_at(b), dmin = half_at(b + 2);
  UNROLL for (size_t j = 0; j < 8; j++) {
    int s, m;
    k_scale_min(b + 4, (int)j, &s, &m);
    scale[j * stride] = d * (float)s;
    minimum[j * stride] = -(dmin * (float)m);
  }
}

// As in Q4_K.
ALWAYS_INLINE void scales_Q5_K(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  scales_Q4_K(b, stride, scale, minimum);
}

ALWAYS_INLINE void scales_Q6_K(
  const uint8_t *b, const size_t stride, float *scale, float *minimum) {
  (void)minimum;
  const float d = half_at(b + 208);
  const int8_t *scales = (const int8_t *)(b + 192);
  UNROLL for (size_t g = 0; g < 16; g++) scale[g * stride] = d * (float)scales[g];
}
