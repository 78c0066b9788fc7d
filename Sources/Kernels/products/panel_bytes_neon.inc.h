// Bytes of a panel in NEON: loads, the steps of a transposition, 4-way dot products.
#pragma once

#include "isa/simd.inc.h"

// Columns that a tile of integer products multiplies at once.
#define PANEL_COLUMNS 4

typedef uint32x4_t bytes;  // 4 bytes of each of 4 rows

// 16 bytes of row 0 from `at` on.
ALWAYS_INLINE bytes row_quads(const uint8_t *at, size_t stride) {
  (void)stride;
  return vreinterpretq_u32_u8(vld1q_u8(at));
}

#define UNPACK_LOW_32 vzip1q_u32
#define UNPACK_HIGH_32 vzip2q_u32
#define UNPACK_LOW_64(a, b) \
  vreinterpretq_u32_u64(vzip1q_u64(vreinterpretq_u64_u32(a), vreinterpretq_u64_u32(b)))
#define UNPACK_HIGH_64(a, b) \
  vreinterpretq_u32_u64(vzip2q_u64(vreinterpretq_u64_u32(a), vreinterpretq_u64_u32(b)))

// The bytes of a table of 16, looked up by bytes below 16.
ALWAYS_INLINE bytes sixteen(const uint8_t *table) {
  return vreinterpretq_u32_u8(vld1q_u8(table));
}
#define LOOKUP_16(table, at) \
  vreinterpretq_u32_u8(vqtbl1q_u8(vreinterpretq_u8_u32(table), vreinterpretq_u8_u32(at)))

// sums[row] += weights[row][0 ..< 4] . four; weights are unsigned; 255 * 127 fits 16 bits.
ALWAYS_INLINE ivec dot4(ivec sums, bytes weights, int32_t four, const int narrow) {
  (void)narrow;
  const uint8x16_t w = vreinterpretq_u8_u32(weights);
  const int16x8_t x = vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(four)));
  const int16x8_t low = vmulq_s16(vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(w))), x);
  const int16x8_t high = vmulq_s16(vreinterpretq_s16_u16(vmovl_u8(vget_high_u8(w))), x);
  return sums + (ivec)vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high));
}
