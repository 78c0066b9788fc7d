// The integers q = value + zero of one block of a codebook format, for dequantization, for the
// reference of integer products and for those SIMD unpacks that are not written in registers.
// b: one block; q: [elements]
#pragma once

#include "formats/bytes.h"
#include "formats/codebooks.h"

// ---- Tables of 16

static inline void table_codes(const uint8_t *restrict at, const uint8_t *restrict table, int half,
                               uint8_t *restrict q) {
  for (int i = 0; i < half; i++) q[i] = table[at[i] & 15];
  for (int i = 0; i < half; i++) q[half + i] = table[at[i] >> 4];
}

static inline void codes_IQ4_NL(const uint8_t *restrict b, uint8_t *restrict q) {
  static const uint8_t table[16] = CK_IQ4_CODEBOOK;
  table_codes(b + 2, table, 16, q);
}

static inline void codes_IQ4_XS(const uint8_t *restrict b, uint8_t *restrict q) {
  static const uint8_t table[16] = CK_IQ4_CODEBOOK;
  for (int group = 0; group < 8; group++) table_codes(b + 8 + 16 * group, table, 16, q + 32 * group);
}

static inline void codes_MXFP4(const uint8_t *restrict b, uint8_t *restrict q) {
  static const uint8_t table[16] = CK_FP4_CODEBOOK;
  table_codes(b + 1, table, 16, q);
}

static inline void codes_NVFP4(const uint8_t *restrict b, uint8_t *restrict q) {
  static const uint8_t table[16] = CK_FP4_CODEBOOK;
  for (int group = 0; group < 4; group++) table_codes(b + 4 + 8 * group, table, 8, q + 16 * group);
}

// ---- Grids with signs

// Eight magnitudes, each 64 + m, as 64 - m where `ones` has a one.
static inline void put_signed(uint64_t magnitudes, uint64_t ones, uint8_t *q) {
  const uint64_t eight = (magnitudes ^ ones * 0x7f) + ones;
  memcpy(q, &eight, sizeof eight);
}

// The signs that group i of four stores in 7 bits of `signs`.
static inline uint64_t seven_signs(uint32_t signs, int i) {
  return ck_even_signs[signs >> 7 * i & 127];
}

static inline uint64_t two_points(uint32_t first, uint32_t second) {
  return first | (uint64_t)second << 32;
}

static inline void codes_IQ2_XXS(const uint8_t *restrict b, uint8_t *restrict q) {
  for (int i = 0; i < 32; i++) {
    const uint32_t signs = u32_at(b + 2 + i / 4 * 8 + 4);
    const uint64_t point = ck_grid_iq2_xxs[b[2 + i / 4 * 8 + i % 4]];
    put_signed(point, seven_signs(signs, i % 4), q + 8 * i);
  }
}

static inline void codes_IQ2_XS(const uint8_t *restrict b, uint8_t *restrict q) {
  for (int i = 0; i < 32; i++) {
    const uint32_t code = u16_at(b + 2 + 2 * i);
    put_signed(ck_grid_iq2_xs[code & 511], ck_even_signs[code >> 9], q + 8 * i);
  }
}

static inline void codes_IQ2_S(const uint8_t *restrict b, uint8_t *restrict q) {
  const uint8_t *restrict low = b + 2, *restrict signs = b + 34, *restrict high = b + 66;
  for (int i = 0; i < 32; i++) {
    const uint32_t code = low[i] | (uint32_t)(high[i / 4] >> 2 * (i % 4) & 3) << 8;
    put_signed(ck_grid_iq2_s[code], ck_signs[signs[i]], q + 8 * i);
  }
}

static inline void codes_IQ3_XXS(const uint8_t *restrict b, uint8_t *restrict q) {
  for (int i = 0; i < 32; i++) {
    const uint32_t signs = u32_at(b + 66 + i / 4 * 4);
    const uint64_t points =
      two_points(ck_grid_iq3_xxs[b[2 + 2 * i]], ck_grid_iq3_xxs[b[3 + 2 * i]]);
    put_signed(points, seven_signs(signs, i % 4), q + 8 * i);
  }
}

static inline void codes_IQ3_S(const uint8_t *restrict b, uint8_t *restrict q) {
  const uint8_t *restrict low = b + 2, *restrict high = b + 66, *restrict signs = b + 74;
  for (int i = 0; i < 32; i++) {
    const uint32_t bits = high[i / 4] >> 2 * (i % 4);
    const uint32_t first = low[2 * i] | (bits & 1) << 8;
    const uint32_t second = low[2 * i + 1] | (bits >> 1 & 1) << 8;
    put_signed(two_points(ck_grid_iq3_s[first], ck_grid_iq3_s[second]), ck_signs[signs[i]], q + 8 * i);
  }
}

// ---- Grids of -1, 0 and 1 with a shift of an eighth; q counts eighths

static inline void put_shifted(uint64_t point, int is_down, uint8_t *q) {
  const uint64_t ones = 0x0101010101010101u, eight = is_down ? point - ones : point + ones;
  memcpy(q, &eight, sizeof eight);
}

static inline void codes_IQ1_S(const uint8_t *restrict b, uint8_t *restrict q) {
  for (int i = 0; i < 32; i++) {
    const uint32_t high = u16_at(b + 34 + i / 4 * 2);
    const uint32_t code = b[2 + i] | (high >> 3 * (i % 4) & 7) << 8;
    put_shifted(ck_grid_iq1[code], high >> 15, q + 8 * i);
  }
}

static inline void codes_IQ1_M(const uint8_t *restrict b, uint8_t *restrict q) {
  for (int i = 0; i < 32; i++) {
    const uint32_t high = b[32 + i / 2] >> 4 * (i % 2);
    put_shifted(ck_grid_iq1[b[i] | (high & 7) << 8], high >> 3 & 1, q + 8 * i);
  }
}

// ---- Ternary

// Digit n of numbers in base 3, whose first digit is the highest of a byte.
static inline void ternary_digits(const uint8_t *restrict at, int count, int power,
                                  uint8_t *restrict q) {
  for (int i = 0; i < count; i++) q[i] = (uint8_t)((uint8_t)(at[i] * power) * 3 >> 8);
}

static inline void codes_TQ1_0(const uint8_t *restrict b, uint8_t *restrict q) {
  static const int powers[5] = {1, 3, 9, 27, 81};
  for (int n = 0; n < 5; n++) ternary_digits(b, 32, powers[n], q + 32 * n);
  for (int n = 0; n < 5; n++) ternary_digits(b + 32, 16, powers[n], q + 160 + 16 * n);
  for (int n = 0; n < 4; n++) ternary_digits(b + 48, 4, powers[n], q + 240 + 4 * n);
}

static inline void codes_TQ2_0(const uint8_t *restrict b, uint8_t *restrict q) {
  for (int i = 0; i < 256; i++) q[i] = b[i / 128 * 32 + i % 32] >> i / 32 % 4 * 2 & 3;
}

// ---- Bytes

static inline void codes_Q8_K(const uint8_t *restrict b, uint8_t *restrict q) {
  for (int i = 0; i < 256; i++) q[i] = b[4 + i] ^ 0x80;
}
