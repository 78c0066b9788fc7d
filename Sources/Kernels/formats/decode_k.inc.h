// Dequantization of the K formats: 256 elements, whose scales are codes too. See decode_32.inc.h.
// b: one block; out: [256].
#pragma once

#include "formats/decode_32.inc.h"
#include "formats/scales_k.inc.h"

// 16 groups of 16; each scale byte holds a 4-bit scale and a 4-bit minimum.
static inline void decode_Q2_K(const uint8_t *restrict b, float *restrict out) {
  const uint8_t *restrict scales = b, *restrict q = b + 16;  // [16], [64]
  const float d = half_at(b + 80), dmin = half_at(b + 82);
  for (int group = 0; group < 16; group++) {
    const float scale = d * (float)(scales[group] & 15);
    const float minimum = dmin * (float)(scales[group] >> 4);
    const int base = group / 8 * 32 + group % 2 * 16, shift = group / 2 % 4 * 2;
    LOOP for (int i = 0; i < 16; i++) {
      out[16 * group + i] = scale * (float)(q[base + i] >> shift & 3) - minimum;
    }
  }
}

// 16 groups of 16; a set bit in `high` means that 4 is not subtracted.
static inline void decode_Q3_K(const uint8_t *restrict b, float *restrict out) {
  const uint8_t *restrict high = b, *restrict q = b + 32;  // [32], [64]
  const uint8_t *restrict scales = b + 96;                 // [12]
  const float d = half_at(b + 108);
  for (int group = 0; group < 16; group++) {
    const float scale = d * (float)q3_k_scale(scales, group);
    const int base = group / 8 * 32 + group % 2 * 16, shift = group / 2 % 4 * 2;
    LOOP for (int i = 0; i < 16; i++) {
      const int absent = (high[group % 2 * 16 + i] >> (group / 2) & 1) ^ 1;
      const int value = (q[base + i] >> shift & 3) - absent * 4;
      out[16 * group + i] = scale * (float)value;
    }
  }
}

static inline void decode_Q4_K(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b), dmin = half_at(b + 2);
  const uint8_t *restrict q = b + 16;  // [128]
  for (int j = 0; j < 8; j++) {
    int scale, minimum;
    k_scale_min(b + 4, j, &scale, &minimum);
    const float dj = d * (float)scale, mj = dmin * (float)minimum;
    const int base = j / 2 * 32, shift = j % 2 * 4;
    LOOP for (int i = 0; i < 32; i++) {
      out[32 * j + i] = dj * (float)(q[base + i] >> shift & 15) - mj;
    }
  }
}

static inline void decode_Q5_K(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b), dmin = half_at(b + 2);
  const uint8_t *restrict high = b + 16, *restrict q = b + 48;  // [32], [128]
  for (int j = 0; j < 8; j++) {
    int scale, minimum;
    k_scale_min(b + 4, j, &scale, &minimum);
    const float dj = d * (float)scale, mj = dmin * (float)minimum;
    const int base = j / 2 * 32, shift = j % 2 * 4;
    LOOP for (int i = 0; i < 32; i++) {
      const int value = (q[base + i] >> shift & 15) | (high[i] >> j & 1) << 4;
      out[32 * j + i] = dj * (float)value - mj;
    }
  }
}

// Two halves of 128 elements, each from 64 bytes of low nibbles and 32 of high bit pairs.
static inline void decode_Q6_K(const uint8_t *restrict b, float *restrict out) {
  const uint8_t *restrict low = b, *restrict high = b + 128;  // [128], [64]
  const int8_t *restrict scales = (const int8_t *)(b + 192);  // [16]
  const float d = half_at(b + 208);
  for (int group = 0; group < 16; group++) {
    const float scale = d * (float)scales[group];
    const int half = group / 8, quarter = group / 2 % 4, at = group % 2 * 16;
    const int lows = half * 64 + quarter % 2 * 32 + at, highs = half * 32 + at;
    LOOP for (int i = 0; i < 16; i++) {
      const int nibble = low[lows + i] >> (quarter / 2 * 4) & 15;
      const int value = (nibble | (high[highs + i] >> (quarter * 2) & 3) << 4) - 32;
      out[16 * group + i] = scale * (float)value;
    }
  }
}
