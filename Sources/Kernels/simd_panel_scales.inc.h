// The scales and minimums of a panel as floats.

// The float16 at `at` of each row and block as floats, [blocks, CK_PANEL]. They are gathered as
// integers first and widened afterwards: reading back what has just been written in other sizes
// would stall.
ALWAYS_INLINE void unpack_halves(const ck_panel_product *p, size_t at, size_t block_bytes,
                                 size_t blocks, uint16_t *halves, float *out) {
  for (size_t row = 0; row < CK_PANEL; row++) {
    const uint8_t *from = p->rows + row * p->row_bytes + at;
    for (size_t b = 0; b < blocks; b++) halves[b * CK_PANEL + row] = u16_at(from + b * block_bytes);
  }
  dequantize_f16((const uint8_t *)halves, out, blocks * CK_PANEL);
}

// The scales of scales of the K formats. scale, minimum: [groups of the block] CK_PANEL apart.
ALWAYS_INLINE void k_scales(ck_type type, const uint8_t *b, float *scale, float *minimum) {
  if (type == CK_Q4_K || type == CK_Q5_K) {
    const float d = half_at(b), dmin = half_at(b + 2);
    UNROLL for (int j = 0; j < 8; j++) {
      int s, m;
      k_scale_min(b + 4, j, &s, &m);
      scale[j * CK_PANEL] = d * (float)s;
      minimum[j * CK_PANEL] = -(dmin * (float)m);
    }
  } else if (type == CK_Q6_K) {
    const float d = half_at(b + 208);
    const int8_t *scales = (const int8_t *)(b + 192);
    UNROLL for (int g = 0; g < 16; g++) scale[g * CK_PANEL] = d * (float)scales[g];
  } else if (type == CK_Q3_K) {
    const float d = half_at(b + 108);
    UNROLL for (int g = 0; g < 16; g++) scale[g * CK_PANEL] = d * (float)q3_k_scale(b + 96, g);
  } else {
    const float d = half_at(b + 80), dmin = half_at(b + 82);
    UNROLL for (int g = 0; g < 16; g++) {
      scale[g * CK_PANEL] = d * (float)(b[g] & 15);
      minimum[g * CK_PANEL] = -(dmin * (float)(b[g] >> 4));
    }
  }
}

ALWAYS_INLINE void unpack_scales(const ck_type type, const ck_panel_product *p, const panel *out) {
  const size_t elements = type_elements(type), size = type_bytes(type);
  const size_t blocks = p->k / elements;
  if (elements == CK_BLOCK) {
    unpack_halves(p, 0, size, blocks, out->halves, out->scale);
    if (panel_has_minimum(type)) unpack_halves(p, 2, size, blocks, out->halves, out->minimum);
    return;
  }
  const size_t groups = elements / panel_group(type);
  for (size_t row = 0; row < CK_PANEL; row++) {
    const uint8_t *from = p->rows + row * p->row_bytes;
    for (size_t b = 0; b < blocks; b++) {
      const size_t at = b * groups * CK_PANEL + row;
      k_scales(type, from + b * size, out->scale + at, out->minimum + at);
    }
  }
}
