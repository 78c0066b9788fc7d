// Unpacking the formats of 32 elements, one block of each row of a part.
#pragma once

#include "formats/bytes.h"
#include "products/panel.inc.h"

ALWAYS_INLINE void unpack_4bit(const uint8_t *at, size_t stride, const sink *to) {
  bytes in[4];
  fetch(at, stride, in);
  UNROLL for (int high = 0; high < 2; high++) {
    uvec out[4];
    UNROLL for (int j = 0; j < 4; j++) out[j] = fields_of(in[j], 4 * high, 15);
    put(to, 16 * (size_t)high, out);
  }
}

// at: the nibbles; fifths: the 32 fifth bits.
ALWAYS_INLINE void unpack_5bit(const uint8_t *at, const uint8_t *fifths, size_t stride,
                               const sink *to) {
  bytes in[4];
  fetch(at, stride, in);
  uvec words, low[4], high[4];
  UNROLL for (int i = 0; i < WIDTH; i++) words[i] = u32_at(fifths + (size_t)i * stride);
  UNROLL for (int j = 0; j < 4; j++) {
    low[j] = fields_of(in[j], 0, 15) | fifth_bits(words, 4 * j);
    high[j] = fields_of(in[j], 4, 15) | fifth_bits(words, 16 + 4 * j);
  }
  put(to, 0, low);
  put(to, 16, high);
}

ALWAYS_INLINE void unpack_8bit(const uint8_t *at, size_t stride, const sink *to) {
  UNROLL for (int half = 0; half < 2; half++) {
    bytes in[4];
    fetch(at + 16 * half, stride, in);
    uvec out[4];
    UNROLL for (int j = 0; j < 4; j++) out[j] = (uvec)in[j] ^ FLIP_UNSIGNED;
    put(to, 16 * (size_t)half, out);
  }
}

// ---- By format ---------------------------------------------------------------------------------
// b: the block of the part's first row; stride: bytes from one row to the next.

ALWAYS_INLINE void unpack_Q4_0(const uint8_t *b, size_t stride, const sink *to) {
  unpack_4bit(b + 2, stride, to);
}

ALWAYS_INLINE void unpack_Q4_1(const uint8_t *b, size_t stride, const sink *to) {
  unpack_4bit(b + 4, stride, to);
}

ALWAYS_INLINE void unpack_Q5_0(const uint8_t *b, size_t stride, const sink *to) {
  unpack_5bit(b + 6, b + 2, stride, to);
}

ALWAYS_INLINE void unpack_Q5_1(const uint8_t *b, size_t stride, const sink *to) {
  unpack_5bit(b + 8, b + 4, stride, to);
}

ALWAYS_INLINE void unpack_Q8_0(const uint8_t *b, size_t stride, const sink *to) {
  unpack_8bit(b + 2, stride, to);
}
