// Unpacking a panel: 16 rows of blocks become bytes in which 4 elements of each row lie side by
// side, the rows in lanes, which is what a 4-way dot product of bytes wants:
//   q[k / 4][row][k % 4],  scale[group][row],  minimum[group][row]
// A `part` is the WIDTH rows of one register; its 16-byte runs are fetched and transposed.

typedef struct {
  uint8_t *q;
  float *scale, *minimum;
  uint16_t *halves;  // scales as they are stored, [.., CK_PANEL]
} panel;

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

// Elements k ..< k + 16 of the part: in[j] holds 4j ..< 4j + 4.
ALWAYS_INLINE void put(uint8_t *q, size_t k, int part, const uvec in[4]) {
  UNROLL for (int j = 0; j < 4; j++) {
    memcpy(q + (k + 4 * (size_t)j) * CK_PANEL + part * 4 * WIDTH, &in[j], sizeof in[j]);
  }
}

// Bits `shift` and up of each byte, `mask` of them.
ALWAYS_INLINE uvec fields_of(bytes from, int shift, uint32_t mask) {
  return ((uvec)from >> shift) & (mask * 0x01010101u);
}

// Bit i of each row's word, i from `first` on, as bit 4 of 4 bytes.
ALWAYS_INLINE uvec fifth_bits(uvec words, int first) {
  const uvec four = (words >> first) & 15;
  return ((four | four << 7 | four << 14 | four << 21) & 0x01010101u) << 4;
}

// ---- Formats of 32 elements

ALWAYS_INLINE void unpack_4bit(const uint8_t *at, size_t stride, uint8_t *q, size_t k, int part) {
  bytes in[4];
  fetch(at, stride, in);
  uvec low[4], high[4];
  UNROLL for (int j = 0; j < 4; j++) {
    low[j] = fields_of(in[j], 0, 15);
    high[j] = fields_of(in[j], 4, 15);
  }
  put(q, k, part, low);
  put(q, k + 16, part, high);
}

// at: the nibbles; fifths: the word of fifth bits before them.
ALWAYS_INLINE void unpack_5bit(const uint8_t *at, const uint8_t *fifths, size_t stride, uint8_t *q,
                               size_t k, int part) {
  bytes in[4];
  fetch(at, stride, in);
  uvec words, low[4], high[4];
  UNROLL for (int i = 0; i < WIDTH; i++) words[i] = u32_at(fifths + (size_t)i * stride);
  UNROLL for (int j = 0; j < 4; j++) {
    low[j] = fields_of(in[j], 0, 15) | fifth_bits(words, 4 * j);
    high[j] = fields_of(in[j], 4, 15) | fifth_bits(words, 16 + 4 * j);
  }
  put(q, k, part, low);
  put(q, k + 16, part, high);
}

ALWAYS_INLINE void unpack_8bit(const uint8_t *at, size_t stride, uint8_t *q, size_t k, int part) {
  UNROLL for (int half = 0; half < 2; half++) {
    bytes in[4];
    fetch(at + 16 * half, stride, in);
    uvec out[4];
    // Signed to unsigned with the zero at 128.
    UNROLL for (int j = 0; j < 4; j++) out[j] = (uvec)in[j] ^ 0x80808080u;
    put(q, k + 16 * (size_t)half, part, out);
  }
}

// ---- K formats: one super-block of 256 elements from element k on. Places as in codecs_k.inc.h.

// 2-bit runs, with the third bit from `high` (32 bytes) when there is one.
ALWAYS_INLINE void unpack_23_k(const uint8_t *low, const uint8_t *high, size_t stride, uint8_t *q,
                               size_t k, int part) {
  for (int unit = 0; unit < 4; unit++) {
    bytes in[4], third[4];
    fetch(low + 16 * unit, stride, in);
    if (high) fetch(high + unit % 2 * 16, stride, third);
    for (int pair = 0; pair < 4; pair++) {
      const int group = unit / 2 * 8 + pair * 2 + unit % 2;
      uvec out[4];
      UNROLL for (int j = 0; j < 4; j++) {
        out[j] = fields_of(in[j], 2 * pair, 3);
        if (high) out[j] |= fields_of(third[j], group / 2, 1) << 2;
      }
      put(q, k + 16 * (size_t)group, part, out);
    }
  }
}

// 4-bit runs, with the fifth bit from `high` (32 bytes) when there is one.
ALWAYS_INLINE void unpack_45_k(const uint8_t *low, const uint8_t *high, size_t stride, uint8_t *q,
                               size_t k, int part) {
  for (int half = 0; half < 2; half++) {
    bytes fifth[4];
    if (high) fetch(high + 16 * half, stride, fifth);
    for (int pair = 0; pair < 4; pair++) {
      bytes in[4];
      fetch(low + 32 * pair + 16 * half, stride, in);
      UNROLL for (int odd = 0; odd < 2; odd++) {
        uvec out[4];
        UNROLL for (int j = 0; j < 4; j++) {
          out[j] = fields_of(in[j], 4 * odd, 15);
          if (high) out[j] |= fields_of(fifth[j], 2 * pair + odd, 1) << 4;
        }
        put(q, k + 64 * (size_t)pair + 32 * (size_t)odd + 16 * (size_t)half, part, out);
      }
    }
  }
}

ALWAYS_INLINE void unpack_6_k(const uint8_t *low, const uint8_t *high, size_t stride, uint8_t *q,
                              size_t k, int part) {
  for (int half = 0; half < 2; half++) {
    for (int at = 0; at < 2; at++) {
      bytes in[2][4], top[4];
      fetch(low + 64 * half + 16 * at, stride, in[0]);
      fetch(low + 64 * half + 32 + 16 * at, stride, in[1]);
      fetch(high + 32 * half + 16 * at, stride, top);
      UNROLL for (int quarter = 0; quarter < 4; quarter++) {
        uvec out[4];
        UNROLL for (int j = 0; j < 4; j++) {
          out[j] = fields_of(in[quarter % 2][j], quarter / 2 * 4, 15) |
            fields_of(top[j], 2 * quarter, 3) << 4;
        }
        put(q, k + 128 * (size_t)half + 32 * (size_t)quarter + 16 * (size_t)at, part, out);
      }
    }
  }
}

// ---- Scales

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

// ---- The whole

// Asks for the panel that comes next in memory, this block's share of it.
ALWAYS_INLINE void prefetch_next(const ck_panel_product *p, size_t block, size_t block_bytes) {
  const uintptr_t next = (uintptr_t)p->rows + CK_PANEL * (p->row_bytes + block * block_bytes);
  for (size_t i = 0; i < CK_PANEL * block_bytes; i += 64) __builtin_prefetch((void *)(next + i));
}

ALWAYS_INLINE void unpack_part(const ck_type type, const uint8_t *b, size_t stride, uint8_t *q,
                               size_t k, int part) {
  switch (type) {
    case CK_Q4_0: unpack_4bit(b + 2, stride, q, k, part); break;
    case CK_Q4_1: unpack_4bit(b + 4, stride, q, k, part); break;
    case CK_Q5_0: unpack_5bit(b + 6, b + 2, stride, q, k, part); break;
    case CK_Q5_1: unpack_5bit(b + 8, b + 4, stride, q, k, part); break;
    case CK_Q8_0: unpack_8bit(b + 2, stride, q, k, part); break;
    case CK_Q2_K: unpack_23_k(b + 16, NULL, stride, q, k, part); break;
    case CK_Q3_K: unpack_23_k(b + 32, b, stride, q, k, part); break;
    case CK_Q4_K: unpack_45_k(b + 16, NULL, stride, q, k, part); break;
    case CK_Q5_K: unpack_45_k(b + 48, b + 16, stride, q, k, part); break;
    case CK_Q6_K: unpack_6_k(b, b + 128, stride, q, k, part); break;
    default: break;
  }
}

ALWAYS_INLINE void unpack_panel(const ck_type type, const ck_panel_product *p, const panel *out) {
  const size_t elements = type_elements(type), size = type_bytes(type);
  unpack_scales(type, p, out);
  for (size_t block = 0; block < p->k / elements; block++) {
    prefetch_next(p, block, size);
    UNROLL for (int part = 0; part < PARTS; part++) {
      const uint8_t *b = p->rows + (size_t)(part * WIDTH) * p->row_bytes + block * size;
      unpack_part(type, b, p->row_bytes, out->q, block * elements, part);
    }
  }
}
