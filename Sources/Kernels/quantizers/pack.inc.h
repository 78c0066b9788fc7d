// Packing codes into blocks, the inverse of formats/decode_32.inc.h and decode_k.inc.h.
// q: codes with their sign, [elements]; b: one block.
#pragma once

#include "CleaveQuantizers.h"
#include "quantizers/lanes.inc.h"

ALWAYS_INLINE void put_u16(uint8_t *b, uint16_t value) { memcpy(b, &value, sizeof value); }

ALWAYS_INLINE u8x16 codes16(const int8_t *q, int bias) {
  s8x16 value;
  memcpy(&value, q, sizeof value);
  return (u8x16)(value + (int8_t)bias);
}

ALWAYS_INLINE void put16(uint8_t *b, u8x16 value) { memcpy(b, &value, sizeof value); }

// Low nibbles are elements 0 ..< 16, high nibbles 16 ..< 32.
ALWAYS_INLINE void put_nibbles(uint8_t *b, const int8_t *q, int bias) {
  put16(b, (codes16(q, bias) & 15) | codes16(q + 16, bias) << 4);
}

// Bit i is the fifth bit of element i.
ALWAYS_INLINE void put_fifth_bits(uint8_t *b, const int8_t *q, int bias) {
  uint32_t high = 0;
  for (int i = 0; i < 32; i++) high |= ((uint32_t)(q[i] + bias) >> 4 & 1) << i;
  memcpy(b, &high, sizeof high);
}

ALWAYS_INLINE void pack_Q4_0(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  put_u16(b, grid->d);
  put_nibbles(b + 2, q, 8);
}

ALWAYS_INLINE void pack_Q4_1(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  put_u16(b, grid->d);
  put_u16(b + 2, grid->m);
  put_nibbles(b + 4, q, 0);
}

ALWAYS_INLINE void pack_Q5_0(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  put_u16(b, grid->d);
  put_fifth_bits(b + 2, q, 16);
  put_nibbles(b + 6, q, 16);
}

ALWAYS_INLINE void pack_Q5_1(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  put_u16(b, grid->d);
  put_u16(b + 2, grid->m);
  put_fifth_bits(b + 4, q, 0);
  put_nibbles(b + 8, q, 0);
}

ALWAYS_INLINE void pack_Q8_0(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  put_u16(b, grid->d);
  memcpy(b + 2, q, 32);
}

ALWAYS_INLINE void pack_Q2_K(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  for (int s = 0; s < 16; s++) b[s] = (uint8_t)(grid->sub_scale[s] | grid->sub_minimum[s] << 4);
  for (int half = 0; half < 2; half++) {
    const int8_t *from = q + 128 * half;  // four planes of 32
    for (int i = 0; i < 32; i++) {
      b[16 + 32 * half + i] = (uint8_t)(from[i] | from[32 + i] << 2 | from[64 + i] << 4 |
                                        from[96 + i] << 6);
    }
  }
  put_u16(b + 80, grid->d);
  put_u16(b + 82, grid->m);
}

ALWAYS_INLINE void pack_Q3_K(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  memset(b, 0, 110);
  for (int i = 0; i < 256; i++) {
    const int code = q[i] + 4, plane = i / 32;
    b[i % 32] |= (uint8_t)((code >> 2) << plane);
    b[32 + i / 128 * 32 + i % 32] |= (uint8_t)((code & 3) << plane % 4 * 2);
  }
  for (int s = 0; s < 16; s++) {
    const int scale = grid->sub_scale[s] + 32;
    b[96 + s % 8] |= (uint8_t)((scale & 15) << s / 8 * 4);
    b[104 + s % 4] |= (uint8_t)((scale >> 4) << s / 4 * 2);
  }
  put_u16(b + 108, grid->d);
}

// 6-bit scales and minimums of 8 sub-blocks in 12 bytes.
ALWAYS_INLINE void put_scales_and_minimums(const ck_grid *grid, uint8_t *b) {
  for (int j = 0; j < 4; j++) {
    b[j] = (uint8_t)(grid->sub_scale[j] | (grid->sub_scale[j + 4] >> 4) << 6);
    b[j + 4] = (uint8_t)(grid->sub_minimum[j] | (grid->sub_minimum[j + 4] >> 4) << 6);
    b[j + 8] = (uint8_t)((grid->sub_scale[j + 4] & 15) | (grid->sub_minimum[j + 4] & 15) << 4);
  }
}

// Two sub-blocks of 32 share 32 bytes, one in the low nibbles, one in the high.
ALWAYS_INLINE void put_k_nibbles(const int8_t *q, uint8_t *b) {
  for (int pair = 0; pair < 4; pair++) {
    const int8_t *low = q + 64 * pair, *high = low + 32;
    for (int i = 0; i < 32; i++) b[32 * pair + i] = (uint8_t)((low[i] & 15) | high[i] << 4);
  }
}

ALWAYS_INLINE void pack_Q4_K(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  put_u16(b, grid->d);
  put_u16(b + 2, grid->m);
  put_scales_and_minimums(grid, b + 4);
  put_k_nibbles(q, b + 16);
}

ALWAYS_INLINE void pack_Q5_K(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  put_u16(b, grid->d);
  put_u16(b + 2, grid->m);
  put_scales_and_minimums(grid, b + 4);
  memset(b + 16, 0, 32);
  for (int i = 0; i < 256; i++) b[16 + i % 32] |= (uint8_t)((q[i] >> 4) << i / 32);
  put_k_nibbles(q, b + 48);
}

ALWAYS_INLINE void pack_Q6_K(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  for (int half = 0; half < 2; half++) {
    const int8_t *from = q + 128 * half;  // four planes of 32
    uint8_t *low = b + 64 * half, *high = b + 128 + 32 * half;
    for (int i = 0; i < 32; i++) {
      const int c0 = from[i] + 32, c1 = from[32 + i] + 32;
      const int c2 = from[64 + i] + 32, c3 = from[96 + i] + 32;
      low[i] = (uint8_t)((c0 & 15) | (c2 & 15) << 4);
      low[32 + i] = (uint8_t)((c1 & 15) | (c3 & 15) << 4);
      high[i] = (uint8_t)(c0 >> 4 | (c1 >> 4) << 2 | (c2 >> 4) << 4 | (c3 >> 4) << 6);
    }
  }
  memcpy(b + 192, grid->sub_scale, 16);
  put_u16(b + 208, grid->d);
}

// Packs a block of any format.
ALWAYS_INLINE void pack(const ck_grid *grid, const int8_t *q, uint8_t *b) {
  switch (grid->type) {
#define ROW(NAME, ...) \
  case CK_##NAME: pack_##NAME(grid, q, b); return;
    CK_WRITTEN_FORMATS(ROW)
#undef ROW
    default: return;
  }
}
