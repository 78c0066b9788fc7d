// Bytes of a panel in AVX-512 with VNNI: loads, the steps of a transposition, 4-way dot products.
#pragma once

#include "isa/simd.inc.h"

// Columns that a tile of integer products multiplies at once.
#define PANEL_COLUMNS 8

typedef __m512i bytes;  // 4 bytes of each of 16 rows

// 16 bytes of the rows 0, 4, 8 and 12 from `at` on.
ALWAYS_INLINE bytes row_quads(const uint8_t *at, size_t stride) {
  __m128i rows[4];
  UNROLL for (int i = 0; i < 4; i++) {
    rows[i] = _mm_loadu_si128((const __m128i *)(const void *)(at + (size_t)(4 * i) * stride));
  }
  __m512i all = _mm512_castsi128_si512(rows[0]);
  all = _mm512_inserti32x4(all, rows[1], 1);
  all = _mm512_inserti32x4(all, rows[2], 2);
  return _mm512_inserti32x4(all, rows[3], 3);
}

#define UNPACK_LOW_32 _mm512_unpacklo_epi32
#define UNPACK_HIGH_32 _mm512_unpackhi_epi32
#define UNPACK_LOW_64 _mm512_unpacklo_epi64
#define UNPACK_HIGH_64 _mm512_unpackhi_epi64

// The bytes of a table of 16, looked up by bytes below 16.
ALWAYS_INLINE bytes sixteen(const uint8_t *table) {
  return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table));
}
#define LOOKUP_16 _mm512_shuffle_epi8

#define WIDE_IS_SIGNED 0

// The fours of each row that make one dot product below.
ALWAYS_INLINE int fours_together(const int largest) {
  (void)largest;
  return 1;
}

// sums[row] += the dot product of 4 unsigned bytes of each row with x.
ALWAYS_INLINE ivec dot_fours(ivec sums, const bytes *w, const int8_t *x, const int count,
                             const int largest) {
  (void)count, (void)largest;
  return (ivec)_mm512_dpbusd_epi32((__m512i)sums, *w, _mm512_set1_epi32(four_at(x)));
}
