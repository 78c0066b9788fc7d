// Unpacking the codebook formats, one block of each row of a part.
#pragma once

#include "formats/codebook_codes.inc.h"
#include "products/panel.inc.h"

// Nibbles in `in` as what they stand for.
ALWAYS_INLINE uvec looked_up(bytes table, bytes in, int shift) {
  return (uvec)LOOKUP_16(table, (bytes)fields_of(in, shift, 15));
}

// at: 16 bytes of nibbles, whose low ones come first.
ALWAYS_INLINE void unpack_table(const uint8_t *at, bytes values, size_t stride, size_t k,
                                const sink *to) {
  bytes in[4];
  fetch(at, stride, in);
  UNROLL for (int high = 0; high < 2; high++) {
    uvec out[4];
    UNROLL for (int j = 0; j < 4; j++) out[j] = looked_up(values, in[j], 4 * high);
    put(to, k + 16 * (size_t)high, out);
  }
}

// ---- By format ---------------------------------------------------------------------------------
// b: the block of the part's first row; stride: bytes from one row to the next.

ALWAYS_INLINE bytes iq4_values(void) {
  static const uint8_t table[16] = CK_IQ4_CODEBOOK;
  return (bytes)((uvec)sixteen(table) ^ FLIP_SIGNED);
}

ALWAYS_INLINE void unpack_IQ4_NL(const uint8_t *b, size_t stride, const sink *to) {
  unpack_table(b + 2, iq4_values(), stride, 0, to);
}

ALWAYS_INLINE void unpack_IQ4_XS(const uint8_t *b, size_t stride, const sink *to) {
  for (size_t g = 0; g < 8; g++) unpack_table(b + 8 + 16 * g, iq4_values(), stride, 32 * g, to);
}

ALWAYS_INLINE void unpack_MXFP4(const uint8_t *b, size_t stride, const sink *to) {
  static const uint8_t table[16] = CK_FP4_CODEBOOK;
  unpack_table(b + 1, sixteen(table), stride, 0, to);
}

// Groups of 16 from 8 bytes, whose low nibbles come first; two groups are fetched at once.
ALWAYS_INLINE void unpack_NVFP4(const uint8_t *b, size_t stride, const sink *to) {
  static const uint8_t table[16] = CK_FP4_CODEBOOK;
  const bytes values = sixteen(table);
  UNROLL for (size_t half = 0; half < 2; half++) {
    bytes in[4];
    fetch(b + 4 + 16 * half, stride, in);
    UNROLL for (int group = 0; group < 2; group++) {
      uvec out[4];
      UNROLL for (int j = 0; j < 4; j++) {
        out[j] = looked_up(values, in[2 * group + j % 2], j < 2 ? 0 : 4);
      }
      put(to, 32 * half + 16 * (size_t)group, out);
    }
  }
}

ALWAYS_INLINE void unpack_Q8_K(const uint8_t *b, size_t stride, const sink *to) {
  for (size_t k = 0; k < 256; k += 16) {
    bytes in[4];
    fetch(b + 4 + k, stride, in);
    uvec out[4];
    UNROLL for (int j = 0; j < 4; j++) out[j] = (uvec)in[j] ^ FLIP_UNSIGNED;
    put(to, k, out);
  }
}

// The formats whose codes name points of a grid, or are digits of base 3: each row's integers are
// written as the reference does, and fetched from there.
#define UNPACK_BY_CODES(NAME)                                                          \
  ALWAYS_INLINE void unpack_##NAME(const uint8_t *b, size_t stride, const sink *to) {  \
    uint8_t q[WIDTH * CK_LARGEST_BLOCK];                                               \
    for (size_t row = 0; row < WIDTH; row++) {                                         \
      codes_##NAME(b + row * stride, q + row * CK_LARGEST_BLOCK);                      \
    }                                                                                  \
    for (size_t k = 0; k < CK_LARGEST_BLOCK; k += 16) {                                \
      bytes in[4];                                                                     \
      fetch(q + k, CK_LARGEST_BLOCK, in);                                              \
      uvec out[4];                                                                     \
      UNROLL for (int j = 0; j < 4; j++) out[j] = (uvec)in[j];                         \
      put(to, k, out);                                                                 \
    }                                                                                  \
  }
UNPACK_BY_CODES(IQ1_S)
UNPACK_BY_CODES(IQ1_M)
UNPACK_BY_CODES(IQ2_XXS)
UNPACK_BY_CODES(IQ2_XS)
UNPACK_BY_CODES(IQ2_S)
UNPACK_BY_CODES(IQ3_XXS)
UNPACK_BY_CODES(IQ3_S)
UNPACK_BY_CODES(TQ1_0)
UNPACK_BY_CODES(TQ2_0)
#undef UNPACK_BY_CODES
