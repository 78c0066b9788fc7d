// The scales and minimums of a panel as floats.
#pragma once

#include "formats/formats.h"
#include "products/panel.inc.h"
#include "products/part_scales.inc.h"

ALWAYS_INLINE void unpack_scales(const ck_type type, const ck_panel_product *p, const panel *out) {
  const size_t elements = format_elements(type), size = format_bytes(type);
  const size_t groups = elements / (size_t)format_group(type);
  for (size_t block = 0; block < p->k / elements; block++) {
    UNROLL for (int part = 0; part < PARTS; part++) {
      const size_t lane = (size_t)(part * WIDTH), at = block * groups * CK_PANEL + lane;
      vec scale[CK_LARGEST_SUBS], minimum[CK_LARGEST_SUBS];
      part_scales(type, p->rows + lane * p->row_bytes + block * size, p->row_bytes, scale, minimum);
      UNROLL for (size_t g = 0; g < groups; g++) {
        store(scale[g], out->scale + at + g * CK_PANEL);
        if (format_has_minimum(type)) store(minimum[g], out->minimum + at + g * CK_PANEL);
      }
    }
  }
}
