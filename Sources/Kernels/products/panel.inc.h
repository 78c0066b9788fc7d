// A panel: 16 rows of blocks become bytes in which 4 elements of each row are adjacent, the rows in
// lanes, which is the operand of a 4-way dot product of bytes:
//   q[k / 4][row][k % 4],  scale[group][row],  minimum[group][row]
// A `part` is the WIDTH rows of one register; its 16-byte runs are fetched and transposed. For a
// single column the bytes are multiplied in the registers instead of being stored.
//
// Before this, variants/ include the panel_bytes of their instruction set.
#pragma once

#include "isa/simd.inc.h"
#include "products/product.h"

// An unpacked panel.
typedef struct {
  uint8_t *q;
  float *scale, *minimum;
  uint16_t *halves;  // scales as they are stored, [.., CK_PANEL]
} panel;

// The panel in the scratch space of a product.
ALWAYS_INLINE panel panel_in(const ck_panel_product *p) {
  panel out = {.q = p->scratch};
  out.scale = (float *)(void *)(out.q + CK_PANEL * p->k);
  out.minimum = out.scale + CK_PANEL * (p->k / 16);
  out.halves = (uint16_t *)(void *)(out.minimum + CK_PANEL * (p->k / 16));
  return out;
}

// 16 bytes of each row of the part from `at` on; out[j] holds bytes 4j ..< 4j + 4 of every row.
ALWAYS_INLINE void fetch(const uint8_t *at, size_t stride, bytes out[4]) {
  const bytes a = row_quads(at, stride), b = row_quads(at + stride, stride);
  const bytes c = row_quads(at + 2 * stride, stride), d = row_quads(at + 3 * stride, stride);
  const bytes ab_low = UNPACK_LOW_32(a, b), ab_high = UNPACK_HIGH_32(a, b);
  const bytes cd_low = UNPACK_LOW_32(c, d), cd_high = UNPACK_HIGH_32(c, d);
  out[0] = UNPACK_LOW_64(ab_low, cd_low);
  out[1] = UNPACK_HIGH_64(ab_low, cd_low);
  out[2] = UNPACK_LOW_64(ab_high, cd_high);
  out[3] = UNPACK_HIGH_64(ab_high, cd_high);
}

// The destination of unpacked bytes: a panel, or, where q is NULL, the dot products with one column.
typedef struct {
  uint8_t *q;
  int part, narrow;
  const ck_activations *x;  // of the block's elements
  ivec *sums;               // [elements of the block / 16], of 16 elements each
} sink;

ALWAYS_INLINE int32_t four_at(const int8_t *at) {
  int32_t four;
  memcpy(&four, at, sizeof four);
  return four;
}

// Takes elements k ..< k + 16 of the part: in[j] holds 4j ..< 4j + 4.
ALWAYS_INLINE void put(const sink *to, size_t k, const uvec in[4]) {
  if (to->q) {
    uint8_t *q = to->q + k * CK_PANEL + (size_t)to->part * 4 * WIDTH;
    UNROLL for (int j = 0; j < 4; j++) memcpy(q + j * 4 * CK_PANEL, &in[j], sizeof in[j]);
    return;
  }
  const int8_t *x = to->x[k / CK_BLOCK].q + k % CK_BLOCK;
  ivec sum = (ivec)(0);
  UNROLL for (int j = 0; j < 4; j++) {
    sum = dot4(sum, (bytes)in[j], four_at(x + 4 * j), to->narrow);
  }
  to->sums[k / 16] = sum;
}

// The bits of each byte from `shift` on that `mask` selects.
ALWAYS_INLINE uvec fields_of(bytes from, int shift, uint32_t mask) {
  return ((uvec)from >> shift) & (mask * 0x01010101u);
}

// Bits first ..< first + 4 of each row's word as bit 4 of its 4 bytes.
ALWAYS_INLINE uvec fifth_bits(uvec words, int first) {
  const uvec four = (words >> first) & 15;
  return ((four | four << 7 | four << 14 | four << 21) & 0x01010101u) << 4;
}
