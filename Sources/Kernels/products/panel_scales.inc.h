// The scales and minimums of a panel as floats.
#pragma once

#include "formats/bytes.h"
#include "formats/formats.h"
#include "formats/scales_codebook.inc.h"
#include "formats/scales_k.inc.h"
#include "products/panel.inc.h"

// The float16 at `at` of each row and block as floats, [blocks, CK_PANEL]. They are all gathered as
// integers first and converted afterwards, because wide loads of what has just been written in
// narrow stores would stall.
ALWAYS_INLINE void unpack_halves(const ck_panel_product *p, size_t at, size_t block_bytes,
                                 size_t blocks, uint16_t *halves, float *out) {
  for (size_t row = 0; row < CK_PANEL; row++) {
    const uint8_t *from = p->rows + row * p->row_bytes + at;
    for (size_t b = 0; b < blocks; b++) halves[b * CK_PANEL + row] = u16_at(from + b * block_bytes);
  }
  decode_F16((const uint8_t *)halves, out, blocks * CK_PANEL);
}

// The scales of one block, CK_PANEL floats apart.
ALWAYS_INLINE void block_scales(const ck_type type, const uint8_t *b, float *scale, float *minimum) {
  switch (type) {
#define ROW(NAME, ...) \
  case CK_##NAME: scales_##NAME(b, CK_PANEL, scale, minimum); break;
    CK_SUPER_FORMATS(ROW)
    CK_CODEBOOK_FORMATS(ROW)
#undef ROW
    default: break;
  }
}

ALWAYS_INLINE void unpack_scales(const ck_type type, const ck_panel_product *p, const panel *out) {
  const size_t elements = format_elements(type), size = format_bytes(type);
  const size_t blocks = p->k / elements;
  const ck_format format = format_of(type);
  if (format_has_plain_scales(type)) {
    unpack_halves(p, (size_t)format.scale_at, size, blocks, out->halves, out->scale);
    if (format_has_minimum(type)) {
      unpack_halves(p, (size_t)format.offset_at, size, blocks, out->halves, out->minimum);
    }
    return;
  }
  const size_t groups = elements / (size_t)format.group;
  for (size_t row = 0; row < CK_PANEL; row++) {
    const uint8_t *from = p->rows + row * p->row_bytes;
    for (size_t b = 0; b < blocks; b++) {
      const size_t at = b * groups * CK_PANEL + row;
      block_scales(type, from + b * size, out->scale + at, out->minimum + at);
    }
  }
}
