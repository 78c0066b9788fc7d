// Bytes of a panel in AVX2: loads, the steps of a transposition, 4-way dot products.
#pragma once

#include "isa/simd.inc.h"

// Columns that a tile of integer products multiplies at once.
#define PANEL_COLUMNS 4

typedef __m256i bytes;  // 4 bytes of each of 8 rows

// 16 bytes of the rows 0 and 4 from `at` on.
ALWAYS_INLINE bytes row_quads(const uint8_t *at, size_t stride) {
  const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)at);
  const __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(at + 4 * stride));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

#define UNPACK_LOW_32 _mm256_unpacklo_epi32
#define UNPACK_HIGH_32 _mm256_unpackhi_epi32
#define UNPACK_LOW_64 _mm256_unpacklo_epi64
#define UNPACK_HIGH_64 _mm256_unpackhi_epi64

// The bytes of a table of 16, looked up by bytes below 16.
ALWAYS_INLINE bytes sixteen(const uint8_t *table) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}
#define LOOKUP_16 _mm256_shuffle_epi8

// The codes of formats whose zero is 128 are held as they are, signed. See panel_zero.
#define WIDE_IS_SIGNED 1

// w . four of each row, as sums of pairs in 16 bits. 2 * 128 * 127 fits them, for unsigned bytes below
// 128 and for signed ones, whose sign goes over to the activations.
ALWAYS_INLINE __m256i pairs_of(bytes w, int32_t four, const int largest) {
  const __m256i x = _mm256_set1_epi32(four);
  if (largest < 128) return _mm256_maddubs_epi16(w, x);
  return _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
}

// How many sums of pairs are added in 16 bits; four times that many elements make one dot product below.
ALWAYS_INLINE int fours_together(const int largest) {
  return largest <= 32 ? 4 : largest <= 64 ? 2 : 1;
}

// sums[row] += the dot product of 4 * count bytes of a row, w[j] holding four of each, with x.
ALWAYS_INLINE ivec dot_fours(ivec sums, const bytes *w, const int8_t *x, const int count,
                             const int largest) {
  __m256i pairs = pairs_of(w[0], four_at(x), largest);
  UNROLL for (int j = 1; j < count; j++) {
    pairs = _mm256_add_epi16(pairs, pairs_of(w[j], four_at(x + 4 * j), largest));
  }
  return sums + (ivec)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
