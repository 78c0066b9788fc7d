// The scales and minimums of one block of each row of a part, in registers whose lanes are the rows.
// They are the numbers of formats/scales_*.inc.h, computed by the same operations.
#pragma once

#include "formats/bytes.h"
#include "formats/scales_codebook.inc.h"
#include "formats/scales_k.inc.h"
#include "products/panel.inc.h"

// ---- Numbers of each row -----------------------------------------------------------------------
// at: in the part's first row; stride: bytes from one row to the next.

typedef uint8_t u8vec __attribute__((ext_vector_type(WIDTH)));
typedef uint16_t u16vec __attribute__((ext_vector_type(WIDTH)));
typedef __fp16 f16vec __attribute__((ext_vector_type(WIDTH)));

ALWAYS_INLINE vec row_halves(const uint8_t *at, size_t stride) {
  u16vec bits;
  UNROLL for (int row = 0; row < WIDTH; row++) bits[row] = u16_at(at + (size_t)row * stride);
  return __builtin_convertvector((f16vec)bits, vec);
}

ALWAYS_INLINE uvec row_words(const uint8_t *at, size_t stride) {
  uvec words;
  UNROLL for (int row = 0; row < WIDTH; row++) words[row] = u32_at(at + (size_t)row * stride);
  return words;
}

// The float16 whose bits are the lower or upper half of each word.
ALWAYS_INLINE vec halves_of(uvec words, const int upper) {
  const u16vec bits = __builtin_convertvector(upper ? words >> 16 : words & 0xffff, u16vec);
  return __builtin_convertvector((f16vec)bits, vec);
}

// `count` bits of each word from `first` on.
ALWAYS_INLINE ivec bits_in(uvec words, const int first, const int count) {
  return (ivec)(words >> first & ((1u << count) - 1));
}

ALWAYS_INLINE vec floats(ivec integers) { return __builtin_convertvector(integers, vec); }

// ---- By format ---------------------------------------------------------------------------------
// b: the block of the part's first row; scale, minimum: [groups].

ALWAYS_INLINE void part_scales_Q2_K(const uint8_t *b, size_t stride, vec *scale, vec *minimum) {
  const uvec both = row_words(b + 80, stride);
  const vec d = halves_of(both, 0), dmin = halves_of(both, 1);
  bytes in[4];
  fetch(b, stride, in);
  UNROLL for (int g = 0; g < 16; g++) {
    const uvec four = (uvec)in[g / 4];
    scale[g] = d * floats(bits_in(four, 8 * (g % 4), 4));
    minimum[g] = -(dmin * floats(bits_in(four, 8 * (g % 4) + 4, 4)));
  }
}

ALWAYS_INLINE void part_scales_Q3_K(const uint8_t *b, size_t stride, vec *scale, vec *minimum) {
  (void)minimum;
  const vec d = row_halves(b + 108, stride);
  const uvec low[2] = {row_words(b + 96, stride), row_words(b + 100, stride)};
  const uvec high = row_words(b + 104, stride);
  UNROLL for (int g = 0; g < 16; g++) {
    const ivec lower = bits_in(low[g / 4 % 2], 8 * (g % 4) + g / 8 * 4, 4);
    const ivec upper = bits_in(high, 8 * (g % 4) + g / 4 * 2, 2);
    scale[g] = d * floats((lower | upper << 4) - 32);
  }
}

ALWAYS_INLINE void part_scales_Q4_K(const uint8_t *b, size_t stride, vec *scale, vec *minimum) {
  bytes in[4];  // both float16, then 12 bytes of codes
  fetch(b, stride, in);
  const uvec both = (uvec)in[0], a = (uvec)in[1], m = (uvec)in[2], c = (uvec)in[3];
  const vec d = halves_of(both, 0), dmin = halves_of(both, 1);
  UNROLL for (int j = 0; j < 4; j++) {
    const int at = 8 * j;
    scale[j] = d * floats(bits_in(a, at, 6));
    minimum[j] = -(dmin * floats(bits_in(m, at, 6)));
    scale[j + 4] = d * floats(bits_in(c, at, 4) | bits_in(a, at + 6, 2) << 4);
    minimum[j + 4] = -(dmin * floats(bits_in(c, at + 4, 4) | bits_in(m, at + 6, 2) << 4));
  }
}

ALWAYS_INLINE void part_scales_Q5_K(const uint8_t *b, size_t stride, vec *scale, vec *minimum) {
  part_scales_Q4_K(b, stride, scale, minimum);
}

ALWAYS_INLINE void part_scales_Q6_K(const uint8_t *b, size_t stride, vec *scale, vec *minimum) {
  (void)minimum;
  const vec d = row_halves(b + 208, stride);
  bytes in[4];
  fetch(b + 192, stride, in);
  UNROLL for (int g = 0; g < 16; g++) {
    scale[g] = d * floats((ivec)in[g / 4] << (24 - 8 * (g % 4)) >> 24);
  }
}

ALWAYS_INLINE void part_scales_IQ4_XS(const uint8_t *b, size_t stride, vec *scale, vec *minimum) {
  (void)minimum;
  bytes in[4];  // d and the upper bits, then the lower bits
  fetch(b, stride, in);
  const uvec first = (uvec)in[0], low = (uvec)in[1];
  const vec d = halves_of(first, 0);
  UNROLL for (int g = 0; g < 8; g++) {
    scale[g] = d * floats((bits_in(low, 4 * g, 4) | bits_in(first, 16 + 2 * g, 2) << 4) - 32);
  }
}

ALWAYS_INLINE void part_scales_MXFP4(const uint8_t *b, size_t stride, vec *scale, vec *minimum) {
  (void)minimum;
  u8vec in;
  UNROLL for (int row = 0; row < WIDTH; row++) in[row] = b[(size_t)row * stride];
  const uvec e = __builtin_convertvector(in, uvec);
  // 2^(e - 128) as scales_MXFP4 has it. The second is right for 0 and 1, and the lesser elsewhere.
  const ivec normal = (ivec)((e - 1) << 23), subnormal = (ivec)((e + 1) << 21);
  scale[0] = (vec)__builtin_elementwise_max(normal, subnormal);
}

// ---- All formats -------------------------------------------------------------------------------

// Row by row, for formats that are not above.
#define EACH_ROW(NAME, ...)                                                                      \
  case CK_##NAME: {                                                                              \
    float numbers[CK_LARGEST_SUBS * WIDTH], none[CK_LARGEST_SUBS * WIDTH];                       \
    for (size_t row = 0; row < WIDTH; row++) {                                                   \
      scales_##NAME(b + row * stride, WIDTH, numbers + row, none + row);                         \
    }                                                                                            \
    for (size_t g = 0; g < format_elements(type) / (size_t)format_group(type); g++) {            \
      scale[g] = load(numbers + g * WIDTH);                                                      \
    }                                                                                            \
    break;                                                                                       \
  }

ALWAYS_INLINE void part_scales(const ck_type type, const uint8_t *b, size_t stride, vec *scale,
                               vec *minimum) {
  if (format_has_plain_scales(type)) {
    scale[0] = row_halves(b + format_of(type).scale_at, stride);
    if (format_has_minimum(type)) minimum[0] = row_halves(b + format_of(type).offset_at, stride);
    return;
  }
  switch (type) {
    case CK_Q2_K: part_scales_Q2_K(b, stride, scale, minimum); break;
    case CK_Q3_K: part_scales_Q3_K(b, stride, scale, minimum); break;
    case CK_Q4_K: part_scales_Q4_K(b, stride, scale, minimum); break;
    case CK_Q5_K: part_scales_Q5_K(b, stride, scale, minimum); break;
    case CK_Q6_K: part_scales_Q6_K(b, stride, scale, minimum); break;
    case CK_IQ4_XS: part_scales_IQ4_XS(b, stride, scale, minimum); break;
    case CK_MXFP4: part_scales_MXFP4(b, stride, scale, minimum); break;
    EACH_ROW(Q8_K)
    EACH_ROW(IQ2_XXS)
    EACH_ROW(IQ2_XS)
    EACH_ROW(IQ3_XXS)
    EACH_ROW(IQ1_S)
    EACH_ROW(IQ3_S)
    EACH_ROW(IQ2_S)
    EACH_ROW(IQ1_M)
    EACH_ROW(TQ1_0)
    EACH_ROW(TQ2_0)
    EACH_ROW(NVFP4)
    // No default: the compiler names formats that are missing above.
#define PLAIN_OR_NONE(NAME, ...) case CK_##NAME:
    CK_FLOAT_FORMATS(PLAIN_OR_NONE)
    CK_SIMPLE_FORMATS(PLAIN_OR_NONE)
    PLAIN_OR_NONE(IQ4_NL)
#undef PLAIN_OR_NONE
    break;
  }
}
#undef EACH_ROW
