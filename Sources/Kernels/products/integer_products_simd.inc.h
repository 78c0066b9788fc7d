// Products of a panel with quantized activations, in register tiles of columns. Every y[c][r] is the
// same sequence of operations whatever the tile.
#pragma once

#include "formats/formats.h"
#include "products/panel.inc.h"
#include "products/panel_scales.inc.h"
#include "products/unpack_panel.inc.h"

// The share of the zero point in a group's sum: zero * the sum of its activations. half: 0 or 1 for
// groups of 16, -1 for 32.
ALWAYS_INLINE int32_t zero_part(const ck_type type, const ck_activations *x, const int half) {
  if (format_has_minimum(type)) return 0;
  const int32_t sum = half >= 0 ? x->sums[half] : x->sums[0] + x->sums[1];
  return (int32_t)((uint32_t)sum * (uint32_t)format_zero(type));
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
  const int narrow = format_is_narrow(type);
  UNROLL for (int c = 0; c < columns; c++) {
    sums[c] = (ivec)(-zero_part(type, x[c], steps == 4 ? (int)first / 4 : -1));
  }
  UNROLL for (int s = 0; s < steps; s++) {
    bytes weights;
    memcpy(&weights, q + (size_t)s * 4 * CK_PANEL, sizeof weights);
    UNROLL for (int c = 0; c < columns; c++) {
      sums[c] = dot4(sums[c], weights, four_at(x[c]->q + 4 * (first + (size_t)s)), narrow);
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
ALWAYS_INLINE vec direct_block(const ck_type type, const uint8_t *b, size_t stride, int part,
                               const ck_activations *x, const float *scales, const float *minimums,
                               vec total) {
  const int group = format_group(type), elements = (int)format_elements(type);
  ivec sums[16];
  const sink to = {.part = part, .narrow = format_is_narrow(type), .x = x, .sums = sums};
  unpack_part(type, b, stride, &to);
  UNROLL for (int g = 0; g < elements / group; g++) {
    const ck_activations *x_group = x + g * group / CK_BLOCK;
    const int half = group == 32 ? -1 : g % 2;
    ivec sum = group == 32 ? sums[2 * g] + sums[2 * g + 1] : sums[g];
    sum -= (ivec)(zero_part(type, x_group, half));
    const size_t at = (size_t)g * CK_PANEL;
    vec minimum = (vec)(0);
    if (format_has_minimum(type)) minimum = load(minimums + at);
    total = add_group(type, sum, load(scales + at), minimum, x_group, half, total);
  }
  return total;
}

// The panel times a single column; only the scales are unpacked to memory.
ALWAYS_INLINE void panel_direct(const ck_type type, const ck_panel_product *p, const panel *w) {
  const size_t elements = format_elements(type), size = format_bytes(type);
  const size_t groups = elements / (size_t)format_group(type);
  vec totals[PARTS] = {0};
  for (size_t block = 0; block < p->k / elements; block++) {
    prefetch_next(p, block, size);
    UNROLL for (int part = 0; part < PARTS; part++) {
      const size_t lane = (size_t)(part * WIDTH), at = block * groups * CK_PANEL + lane;
      totals[part] = direct_block(
        type, p->rows + lane * p->row_bytes + block * size, p->row_bytes, part,
        p->x + block * (elements / CK_BLOCK), w->scale + at, w->minimum + at, totals[part]);
    }
  }
  UNROLL for (int part = 0; part < PARTS; part++) store(totals[part], p->y + part * WIDTH);
}

// One function for each format, in which everything about the format is a constant.
#define ROW(NAME, ...)                                  \
  static void panel_##NAME(const ck_panel_product *p) { \
    const panel w = panel_in(p);                        \
    unpack_scales(CK_##NAME, p, &w);                    \
    if (p->columns == 1) {                              \
      panel_direct(CK_##NAME, p, &w);                   \
      return;                                           \
    }                                                   \
    unpack_panel(CK_##NAME, p, &w);                     \
    panel_columns(CK_##NAME, p, &w);                    \
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
