// Unpacking the K formats, one super-block of 256 elements of each row of a part. The positions of bits
// are explained in formats/decode_k.inc.h.
#pragma once

#include "products/panel.inc.h"

// 2-bit runs, with the third bit from `high` (32 bytes) when there is one.
ALWAYS_INLINE void unpack_23_k(const uint8_t *low, const uint8_t *high, size_t stride,
                               const sink *to) {
  for (int unit = 0; unit < 4; unit++) {
    bytes in[4], third[4];
    fetch(low + 16 * unit, stride, in);
    if (high) fetch(high + unit % 2 * 16, stride, third);
    for (int pair = 0; pair < 4; pair++) {
      const int group = unit / 2 * 8 + pair * 2 + unit % 2;
      uvec out[4];
      UNROLL for (int j = 0; j < 4; j++) {
        out[j] = fields_of(in[j], 2 * pair, 3);
        if (high) out[j] |= fields_of(third[j], group / 2, 1) << 2;
      }
      put(to, 16 * (size_t)group, out);
    }
  }
}

// 4-bit runs, with the fifth bit from `high` (32 bytes) when there is one.
ALWAYS_INLINE void unpack_45_k(const uint8_t *low, const uint8_t *high, size_t stride,
                               const sink *to) {
  for (int half = 0; half < 2; half++) {
    bytes fifth[4];
    if (high) fetch(high + 16 * half, stride, fifth);
    for (int pair = 0; pair < 4; pair++) {
      bytes in[4];
      fetch(low + 32 * pair + 16 * half, stride, in);
      UNROLL for (int odd = 0; odd < 2; odd++) {
        uvec out[4];
        UNROLL for (int j = 0; j < 4; j++) {
          out[j] = fields_of(in[j], 4 * odd, 15);
          if (high) out[j] |= fields_of(fifth[j], 2 * pair + odd, 1) << 4;
        }
        put(to, 64 * (size_t)pair + 32 * (size_t)odd + 16 * (size_t)half, out);
      }
    }
  }
}

ALWAYS_INLINE void unpack_6_k(const uint8_t *low, const uint8_t *high, size_t stride,
                              const sink *to) {
  for (int half = 0; half < 2; half++) {
    for (int at = 0; at < 2; at++) {
      bytes in[2][4], top[4];
      fetch(low + 64 * half + 16 * at, stride, in[0]);
      fetch(low + 64 * half + 32 + 16 * at, stride, in[1]);
      fetch(high + 32 * half + 16 * at, stride, top);
      UNROLL for (int quarter = 0; quarter < 4; quarter++) {
        uvec out[4];
        UNROLL for (int j = 0; j < 4; j++) {
          out[j] = fields_of(in[quarter % 2][j], quarter / 2 * 4, 15) |
            fields_of(top[j], 2 * quarter, 3) << 4;
        }
        put(to, 128 * (size_t)half + 32 * (size_t)quarter + 16 * (size_t)at, out);
      }
    }
  }
}

// ---- By format ---------------------------------------------------------------------------------
// b: the block of the part's first row; stride: bytes from one row to the next.

ALWAYS_INLINE void unpack_Q2_K(const uint8_t *b, size_t stride, const sink *to) {
  unpack_23_k(b + 16, NULL, stride, to);
}

ALWAYS_INLINE void unpack_Q3_K(const uint8_t *b, size_t stride, const sink *to) {
  unpack_23_k(b + 32, b, stride, to);
}

ALWAYS_INLINE void unpack_Q4_K(const uint8_t *b, size_t stride, const sink *to) {
  unpack_45_k(b + 16, NULL, stride, to);
}

ALWAYS_INLINE void unpack_Q5_K(const uint8_t *b, size_t stride, const sink *to) {
  unpack_45_k(b + 48, b + 16, stride, to);
}

ALWAYS_INLINE void unpack_Q6_K(const uint8_t *b, size_t stride, const sink *to) {
  unpack_6_k(b, b + 128, stride, to);
}
