// Unpacking the integers of a panel of any format.
#pragma once

#include "formats/formats.h"
#include "products/panel.inc.h"
#include "products/unpack_32.inc.h"
#include "products/unpack_codebook.inc.h"
#include "products/unpack_k.inc.h"

// This block's share of the panel that comes next in memory, which may not be there.
ALWAYS_INLINE const uint8_t *next_of(const ck_panel_product *p, size_t block, size_t block_bytes) {
  return (const uint8_t *)((uintptr_t)p->rows + CK_PANEL * (p->row_bytes + block * block_bytes));
}

// Whether the first level has room for the panel that comes next beside what is left of this one: 16 rows of 1,400 bytes
// are 22 of its 32 KB.
ALWAYS_INLINE int next_is_near(const ck_panel_product *p) { return p->row_bytes <= 1400; }

// One block of each row of a part.
ALWAYS_INLINE void unpack_part(const ck_type type, const uint8_t *b, size_t stride, const sink *to) {
  switch (type) {
#define ROW(NAME, ...) \
  case CK_##NAME: unpack_##NAME(b, stride, to); break;
    CK_BLOCK_FORMATS(ROW)
#undef ROW
    default: break;
  }
}

ALWAYS_INLINE void unpack_panel(const ck_type type, const ck_panel_product *p, const panel *out) {
  const size_t elements = format_elements(type), size = format_bytes(type);
  const int near = next_is_near(p);
  for (size_t block = 0; block < p->k / elements; block++) {
    prefetch(next_of(p, block, size), CK_PANEL * size, near);
    UNROLL for (int part = 0; part < PARTS; part++) {
      const sink to = {
        .q = out->q + block * elements * CK_PANEL, .type = type, .part = part};
      const uint8_t *b = p->rows + (size_t)(part * WIDTH) * p->row_bytes + block * size;
      unpack_part(type, b, p->row_bytes, &to);
    }
  }
}
