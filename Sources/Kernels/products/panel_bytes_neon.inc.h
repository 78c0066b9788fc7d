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

// The codes of formats whose zero is 128 are held as they are, signed. See panel_zero.
#define WIDE_IS_SIGNED 1

// The fours of each row that make one dot product below.
ALWAYS_INLINE int fours_together(const int largest) {
  (void)largest;
  return 2;
}

// sums[row] += the dot product of 8 bytes of a row, w[j] holding four of each, with x. Unsigned bytes are
// below 128, so all are signed ones; 2 * 128 * 127 fits 16 bits.
ALWAYS_INLINE ivec dot_fours(ivec sums, const bytes *w, const int8_t *x, const int count,
                             const int largest) {
  (void)count, (void)largest;
  const int8x16_t a = vreinterpretq_s8_u32(w[0]), b = vreinterpretq_s8_u32(w[1]);
  const int8x8_t x_a = vreinterpret_s8_s32(vdup_n_s32(four_at(x)));
  const int8x8_t x_b = vreinterpret_s8_s32(vdup_n_s32(four_at(x + 4)));
  const int16x8_t low = vmlal_s8(vmull_s8(vget_low_s8(a), x_a), vget_low_s8(b), x_b);
  const int16x8_t high = vmlal_s8(vmull_s8(vget_high_s8(a), x_a), vget_high_s8(b), x_b);
  return sums + (ivec)vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high));
}
