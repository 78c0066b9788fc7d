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

// sums[row] += weights[row][0 ..< 4] . four; weights are unsigned. If they are below 128
// (`narrow`), pairs of products fit 16 bits; 2 * 255 * 127 does not, so even and odd bytes are
// multiplied separately.
ALWAYS_INLINE ivec dot4(ivec sums, bytes weights, int32_t four, const int narrow) {
  const __m256i x = _mm256_set1_epi32(four);
  if (narrow) {
    const __m256i pairs = _mm256_maddubs_epi16(weights, x);
    return sums + (ivec)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
  }
  const __m256i x_even = _mm256_srai_epi16(_mm256_slli_epi16(x, 8), 8);
  const __m256i x_odd = _mm256_srai_epi16(x, 8);
  const __m256i even = _mm256_and_si256(weights, _mm256_set1_epi16(0xff));
  const __m256i odd = _mm256_srli_epi16(weights, 8);
  return sums + (ivec)_mm256_madd_epi16(even, x_even) + (ivec)_mm256_madd_epi16(odd, x_odd);
}
