// float16 in memory: reading, and rounding to it. The scalar reference (CK_SCALAR) computes with
// integers what other variants have instructions for.
#pragma once

#ifdef CK_SCALAR
#include "isa/scalar.inc.h"

// float16 to float32, exactly, with NaNs made quiet as the hardware does.
static inline float half_at(const uint8_t *bytes) {
  uint16_t half;
  memcpy(&half, bytes, sizeof half);
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  const uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
  if (exponent == 0) return float_from(sign | bits_of((float)fraction * 0x1p-24f));
  if (exponent == 31) {
    const uint32_t quiet = fraction ? 0x400000 : 0;
    return float_from(sign | 0x7f800000 | quiet | fraction << 13);
  }
  return float_from(sign | (exponent + 112) << 23 | fraction << 13);
}

static void decode_F16(const uint8_t *bytes, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = half_at(bytes + 2 * i);
}

// float32 to float16, to the nearest, ties to even, with NaNs made quiet as the hardware does.
static uint16_t half_of(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
  if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);  // rounds to 65536 or above
  if (magnitude < 0x38800000) {
    // Below 2^-14: a multiple of 2^-24. Adding 1/2 puts that at the last bit of a float32.
    return (uint16_t)(sign | (bits_of(float_from(magnitude) + 0.5f) - 0x3f000000));
  }
  const uint32_t odd = magnitude >> 13 & 1;
  return (uint16_t)(sign | ((magnitude - 0x38000000 + 0xfff + odd) >> 13));
}

static void narrow(const float *x, uint16_t *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = half_of(x[i]);
}

#else
#include "isa/simd.inc.h"

ALWAYS_INLINE float half_at(const uint8_t *bytes) {
  __fp16 half;
  memcpy(&half, bytes, sizeof half);
  return (float)half;
}

static void decode_F16(const uint8_t *restrict bytes, float *restrict out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = half_at(bytes + 2 * i);
}

static void narrow(const float *restrict x, uint16_t *restrict out, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const __fp16 half = (__fp16)x[i];
    memcpy(out + i, &half, sizeof half);
  }
}
#endif
