// The reference of integer products, straight from the definition in CleaveProducts.h.
#pragma once

#include "formats/codebook_codes.inc.h"
#include "formats/formats.h"
#include "formats/scales_codebook.inc.h"
#include "formats/scales_k.inc.h"
#include "products/block_codes.inc.h"
#include "products/product.h"

// The integers of one block, and the scale and minimum of each group.
typedef struct {
  uint8_t q[CK_LARGEST_BLOCK];
  float scale[CK_LARGEST_SUBS], minimum[CK_LARGEST_SUBS];
} block_parts;

static void parts_of(ck_type type, const uint8_t *b, block_parts *out) {
  switch (type) {
#define ROW(NAME, id, elements, bytes, group, zero, lowest, highest, lowest_scale, highest_scale, \
            scale_at, offset_at)                                                                  \
  case CK_##NAME:                                                                                 \
    codes_##NAME(b, out->q);                                                                      \
    out->scale[0] = half_at(b + (scale_at));                                                      \
    if ((offset_at) > 0) out->minimum[0] = half_at(b + (offset_at));                              \
    return;
    CK_SIMPLE_FORMATS(ROW)
#undef ROW
#define ROW(NAME, ...)                          \
  case CK_##NAME:                               \
    codes_##NAME(b, out->q);                    \
    scales_##NAME(b, 1, out->scale, out->minimum); \
    return;
    CK_SUPER_FORMATS(ROW)
    CK_CODEBOOK_FORMATS(ROW)
#undef ROW
    default: return;
  }
}

// Adds the groups of one block to the sum of a row. x: the activations of the block's elements
static float add_block(ck_type type, const block_parts *w, const ck_activations *x, float sum) {
  const int group = format_group(type), with_minimum = format_has_minimum(type);
  const int zero = format_zero(type);
  for (int first = 0; first < (int)format_elements(type); first += group) {
    const ck_activations *x_group = x + first / CK_BLOCK;
    int32_t products = 0, activations = 0;
    for (int i = first; i < first + group; i++) {
      products += (w->q[i] - zero) * x_group->q[i % CK_BLOCK];
      activations += x_group->q[i % CK_BLOCK];
    }
    const float scale = w->scale[first / group] * x_group->scale;
    sum = __builtin_fmaf((float)products, scale, sum);
    if (with_minimum) {
      const float offset = x_group->scale * (float)activations;
      sum = __builtin_fmaf(w->minimum[first / group], offset, sum);
    }
  }
  return sum;
}

static void multiply_panel(const ck_panel_product *p) {
  const size_t elements = format_elements(p->type), blocks = p->k / elements;
  memset(p->y, 0, p->columns * CK_PANEL * sizeof *p->y);
  for (size_t row = 0; row < CK_PANEL; row++) {
    for (size_t b = 0; b < blocks; b++) {
      block_parts parts;
      parts_of(p->type, p->rows + row * p->row_bytes + b * format_bytes(p->type), &parts);
      for (size_t c = 0; c < p->columns; c++) {
        const ck_activations *x = p->x + (c * blocks + b) * (elements / CK_BLOCK);
        float *y = p->y + c * CK_PANEL + row;
        *y = add_block(p->type, &parts, x, *y);
      }
    }
  }
}
