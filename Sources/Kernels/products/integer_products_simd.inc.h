// Products of a panel with quantized activations, in register tiles of columns. Every y[c][r] is the
// same sequence of operations whatever the tile.
#pragma once

#include "formats/formats.h"
#include "products/panel.inc.h"
#include "products/panel_scales.inc.h"
#include "products/part_scales.inc.h"
#include "products/unpack_panel.inc.h"

// The share of the zero point in a group's sum: zero * the sum of its activations. half: 0 or 1 for
// groups of 16, -1 for 32.
ALWAYS_INLINE int32_t zero_part(const ck_type type, const ck_activations *x, const int half) {
  if (format_has_minimum(type) || panel_zero(type) == 0) return 0;
  const int32_t sum = half >= 0 ? x->sums[half] : x->sums[0] + x->sums[1];
  return (int32_t)((uint32_t)sum * (uint32_t)panel_zero(type));
}

// Adds one group to the totals of one column.
ALWAYS_INLINE vec add_group(const ck_type type, ivec sum, vec scale, vec minimum,
                            const ck_activations *x, const int half, vec total) {
  total = fma_lanes(__builtin_convertvector(sum, vec), scale * (vec)(x->scale), total);
  if (!format_has_minimum(type)) return total;
  const float offset = half >= 0 ? x->scale * (float)x->sums[half] : x->offset;
  return fma_lanes(minimum, (vec)(offset), total);
}

// Sums of (q - zero) * x.q over `steps` fours of a group, for each column of the tile.
ALWAYS_INLINE void panel_group_sums(const ck_type type, const uint8_t *q,
                                    const ck_activations *const *x, size_t first, const int steps,
                                    const int columns, ivec sums[PANEL_COLUMNS]) {
  UNROLL for (int c = 0; c < columns; c++) {
    sums[c] = (ivec)(-zero_part(type, x[c], steps == 4 ? (int)first / 4 : -1));
  }
  const int largest = format_largest(type), together = fours_together(largest);
  UNROLL for (int s = 0; s < steps; s += together) {
    bytes w[4];
    UNROLL for (int j = 0; j < together; j++) {
      memcpy(&w[j], q + (size_t)(s + j) * 4 * CK_PANEL, sizeof w[j]);
    }
    UNROLL for (int c = 0; c < columns; c++) {
      sums[c] = dot_fours(sums[c], w, x[c]->q + 4 * (first + (size_t)s), together, largest);
    }
  }
}

ALWAYS_INLINE void panel_tile(const ck_type type, const ck_panel_product *p, const panel *w,
                              size_t column, int part, const int columns) {
  const size_t group = (size_t)format_group(type), blocks = p->k / CK_BLOCK;
  const ck_activations *x[PANEL_COLUMNS];
  UNROLL for (int c = 0; c < columns; c++) x[c] = p->x + (column + (size_t)c) * blocks;
  vec totals[PANEL_COLUMNS] = {0};
  const size_t lane = (size_t)(part * WIDTH);
  for (size_t k = 0; k < p->k; k += group) {
    const size_t first = group == 16 ? k % CK_BLOCK / 4 : 0;  // 0 or 4
    ivec sums[PANEL_COLUMNS];
    panel_group_sums(type, w->q + k * CK_PANEL + 4 * lane, x, first, (int)group / 4, columns, sums);
    const vec scale = load(w->scale + k / group * CK_PANEL + lane);
    vec minimum = (vec)(0);
    if (format_has_minimum(type)) minimum = load(w->minimum + k / group * CK_PANEL + lane);
    const int half = group == 32 ? -1 : (int)first / 4;
    UNROLL for (int c = 0; c < columns; c++) {
      totals[c] = add_group(type, sums[c], scale, minimum, x[c], half, totals[c]);
    }
    if (group == 32 || first == 4) {
      UNROLL for (int c = 0; c < columns; c++) x[c]++;
    }
  }
  UNROLL for (int c = 0; c < columns; c++) {
    store(totals[c], p->y + (column + (size_t)c) * CK_PANEL + lane);
  }
}

ALWAYS_INLINE void panel_columns(const ck_type type, const ck_panel_product *p, const panel *w) {
  UNROLL for (int part = 0; part < PARTS; part++) {
    size_t column = 0;
    for (; column + PANEL_COLUMNS <= p->columns; column += PANEL_COLUMNS) {
      panel_tile(type, p, w, column, part, PANEL_COLUMNS);
    }
    for (; column < p->columns; column++) panel_tile(type, p, w, column, part, 1);
  }
}

// One block of a part times one column, multiplied as it is unpacked.
ALWAYS_INLINE vec direct_block(const ck_type type, const ck_panel_product *p, size_t block, const int part,
                               const int near, vec total) {
  const int group = format_group(type), elements = (int)format_elements(type);
  const size_t size = format_bytes(type);
  const uint8_t *b = p->rows + (size_t)(part * WIDTH) * p->row_bytes + block * size;
  const ck_activations *x = p->x + block * (size_t)(elements / CK_BLOCK);
  vec scale[CK_LARGEST_SUBS], minimum[CK_LARGEST_SUBS];
  part_scales(type, b, p->row_bytes, scale, minimum);
  ivec sums[16];
  const uint8_t *next = elements == CK_LARGEST_BLOCK ? next_of(p, block, size) : NULL;
  const sink to = {.type = type, .part = part, .x = x, .sums = sums, .next = next, .near = near};
  unpack_part(type, b, p->row_bytes, &to);
  UNROLL for (int g = 0; g < elements / group; g++) {
    const ck_activations *x_group = x + g * group / CK_BLOCK;
    const int half = group == 32 ? -1 : g % 2;
    ivec sum = group == 32 ? sums[2 * g] + sums[2 * g + 1] : sums[g];
    sum -= (ivec)(zero_part(type, x_group, half));
    const vec offset = format_has_minimum(type) ? minimum[g] : (vec)(0);
    total = add_group(type, sum, scale[g], offset, x_group, half, total);
  }
  return total;
}

// The panel times a single column; nothing is unpacked to memory. near: a constant, because a branch at each
// prefetch keeps the compiler from unrolling.
ALWAYS_INLINE void panel_direct(const ck_type type, const ck_panel_product *p, const int near) {
  const size_t elements = format_elements(type), size = format_bytes(type);
  vec totals[PARTS] = {0};
  for (size_t block = 0; block < p->k / elements; block++) {
    // Long blocks are prefetched in the shares in which they are unpacked.
    if (elements < CK_LARGEST_BLOCK) prefetch(next_of(p, block, size), CK_PANEL * size, near);
    UNROLL for (int part = 0; part < PARTS; part++) {
      totals[part] = direct_block(type, p, block, part, near, totals[part]);
    }
  }
  UNROLL for (int part = 0; part < PARTS; part++) store(totals[part], p->y + part * WIDTH);
}

// One function for each format, in which everything about the format is a constant.
#define ROW(NAME, ...)                                  \
  static void panel_##NAME(const ck_panel_product *p) { \
    if (p->columns > 1) {                               \
      const panel w = panel_in(p);                      \
      unpack_scales(CK_##NAME, p, &w);                  \
      unpack_panel(CK_##NAME, p, &w);                   \
      panel_columns(CK_##NAME, p, &w);                  \
    } else if (next_is_near(p)) {                       \
      panel_direct(CK_##NAME, p, 1);                    \
    } else {                                            \
      panel_direct(CK_##NAME, p, 0);                    \
    }                                                   \
  }
CK_BLOCK_FORMATS(ROW)
#undef ROW

static void multiply_panel(const ck_panel_product *p) {
  switch (p->type) {
#define ROW(NAME, ...) \
  case CK_##NAME: panel_##NAME(p); return;
    CK_BLOCK_FORMATS(ROW)
#undef ROW
    default: return;
  }
}
