// A panel: 16 rows of blocks become bytes in which 4 elements of each row are adjacent, the rows in
// lanes, which is the operand of a 4-way dot product of bytes:
//   q[k / 4][row][k % 4],  scale[group][row],  minimum[group][row]
// A `part` is the WIDTH rows of one register; its 16-byte runs are fetched and transposed. For a
// single column the bytes are multiplied in the registers instead of being stored.
//
// Before this, variants/ include the panel_bytes of their instruction set.
#pragma once

#include "formats/formats.h"
#include "isa/simd.inc.h"
#include "products/product.h"

// An unpacked panel.
typedef struct {
  uint8_t *q;
  float *scale, *minimum;
} panel;

// The panel in the scratch space of a product.
ALWAYS_INLINE panel panel_in(const ck_panel_product *p) {
  panel out = {.q = p->scratch};
  out.scale = (float *)(void *)(out.q + CK_PANEL * p->k);
  out.minimum = out.scale + CK_PANEL * (p->k / 16);
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
  ck_type type;
  int part;
  const ck_activations *x;  // of the block's elements
  ivec *sums;               // [elements of the block / 16], of 16 elements each
  const uint8_t *next;      // the bytes that put prefetches as it goes; NULL: none
  int near;                 // whether they are prefetched into the first level, too
} sink;

// Bytes from those that are prefetched into the first level to those prefetched into the second.
enum { FURTHER = 8192 };

// Weights come to the second level first, and from there to the first level shortly before they are read.
ALWAYS_INLINE void prefetch(const uint8_t *at, size_t bytes, const int near) {
  for (size_t i = 0; i < bytes; i += 64) {
    if (near) __builtin_prefetch(at + i);
    prefetch_far(at + i + FURTHER);
  }
}

// Prefetches what follows in memory in the shares in which `put` takes the block. More requests at once
// than a core keeps open would hold up the loads behind them.
ALWAYS_INLINE void prefetch_share(const sink *to, size_t k) {
  const size_t elements = format_elements(to->type);
  const size_t share = format_bytes(to->type) * WIDTH * 16 / elements;
  prefetch(to->next + ((size_t)to->part * elements + k) / 16 * share, share, to->near);
}

// Takes elements k ..< k + 16 of the part: in[j] holds 4j ..< 4j + 4.
ALWAYS_INLINE void put(const sink *to, size_t k, const uvec in[4]) {
  if (to->q) {
    uint8_t *q = to->q + k * CK_PANEL + (size_t)to->part * 4 * WIDTH;
    UNROLL for (int j = 0; j < 4; j++) memcpy(q + j * 4 * CK_PANEL, &in[j], sizeof in[j]);
    return;
  }
  if (to->next) prefetch_share(to, k);
  const int8_t *x = to->x[k / CK_BLOCK].q + k % CK_BLOCK;
  const int largest = format_largest(to->type), together = fours_together(largest);
  bytes w[4];
  UNROLL for (int j = 0; j < 4; j++) w[j] = (bytes)in[j];
  ivec sum = (ivec)(0);
  UNROLL for (int j = 0; j < 4; j += together) {
    sum = dot_fours(sum, w + j, x + 4 * j, together, largest);
  }
  to->sums[k / 16] = sum;
}

// What is added to the codes of a format so that a panel holds them: its zero, or nothing where bytes
// are signed.
ALWAYS_INLINE int panel_zero(const ck_type type) {
  return WIDE_IS_SIGNED && format_largest(type) > 127 ? 0 : format_zero(type);
}

// Flips the top bit of bytes that are held unsigned: signed codes to codes + 128 and back.
#define FLIP_UNSIGNED (WIDE_IS_SIGNED ? 0 : 0x80808080u)
#define FLIP_SIGNED (WIDE_IS_SIGNED ? 0x80808080u : 0)

// The bits of each byte from `shift` on that `mask` selects.
ALWAYS_INLINE uvec fields_of(bytes from, int shift, uint32_t mask) {
  return ((uvec)from >> shift) & (mask * 0x01010101u);
}

// Bits first ..< first + 4 of each row's word as bit 4 of its 4 bytes.
ALWAYS_INLINE uvec fifth_bits(uvec words, int first) {
  const uvec four = (words >> first) & 15;
  return ((four | four << 7 | four << 14 | four << 21) & 0x01010101u) << 4;
}
