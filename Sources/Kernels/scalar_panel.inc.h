// The reference of integer products, straight from the definition in CleaveKernels.h.

// The integers of one block, and the scale and minimum of each group, written to be read beside
// codecs.inc.h. q: [256]; scale, minimum: [16]
typedef struct {
  uint8_t q[256];
  float scale[16], minimum[16];
} block_parts;

static void parts_of_32(ck_type type, const uint8_t *b, block_parts *out) {
  const int with_minimum = panel_has_minimum(type);
  const uint8_t *at = b + (with_minimum ? 4 : 2);
  out->scale[0] = half_at(b);
  if (with_minimum) out->minimum[0] = half_at(b + 2);
  if (type == CK_Q8_0) {
    for (int i = 0; i < 32; i++) out->q[i] = (uint8_t)((int8_t)at[i] + 128);
    return;
  }
  uint32_t fifths = 0;
  if (type == CK_Q5_0 || type == CK_Q5_1) {
    fifths = u32_at(at);
    at += 4;
  }
  for (int i = 0; i < 32; i++) {
    const int nibble = i < 16 ? at[i] & 15 : at[i - 16] >> 4;
    out->q[i] = (uint8_t)(nibble | (fifths >> i & 1) << 4);
  }
}

static void parts_of_45_k(ck_type type, const uint8_t *b, block_parts *out) {
  const uint8_t *high = b + 16, *low = b + (type == CK_Q5_K ? 48 : 16);
  for (int g = 0; g < 8; g++) {
    int scale, minimum;
    k_scale_min(b + 4, g, &scale, &minimum);
    out->scale[g] = half_at(b) * (float)scale;
    out->minimum[g] = -(half_at(b + 2) * (float)minimum);
  }
  for (int i = 0; i < 256; i++) {
    const int g = i / 32, fifth = type == CK_Q5_K ? high[i % 32] >> g & 1 : 0;
    out->q[i] = (uint8_t)((low[g / 2 * 32 + i % 32] >> (g % 2 * 4) & 15) | fifth << 4);
  }
}

static void parts_of_236_k(ck_type type, const uint8_t *b, block_parts *out) {
  for (int g = 0; g < 16; g++) {
    if (type == CK_Q6_K) out->scale[g] = half_at(b + 208) * (float)(int8_t)b[192 + g];
    if (type == CK_Q3_K) out->scale[g] = half_at(b + 108) * (float)q3_k_scale(b + 96, g);
    if (type == CK_Q2_K) {
      out->scale[g] = half_at(b + 80) * (float)(b[g] & 15);
      out->minimum[g] = -(half_at(b + 82) * (float)(b[g] >> 4));
    }
  }
  for (int i = 0; i < 256; i++) {
    const int half = i / 128, quarter = i / 32 % 4, at = i % 32;
    if (type == CK_Q6_K) {
      const int nibble = b[half * 64 + quarter % 2 * 32 + at] >> (quarter / 2 * 4) & 15;
      out->q[i] = (uint8_t)(nibble | (b[128 + half * 32 + at] >> (quarter * 2) & 3) << 4);
    } else {
      const uint8_t *low = type == CK_Q3_K ? b + 32 : b + 16;
      const int two = low[half * 32 + at] >> (quarter * 2) & 3;
      const int third = type == CK_Q3_K ? b[at] >> (half * 4 + quarter) & 1 : 0;
      out->q[i] = (uint8_t)(two | third << 2);
    }
  }
}

static void parts_of(ck_type type, const uint8_t *b, block_parts *out) {
  if (type_elements(type) == 32) {
    parts_of_32(type, b, out);
  } else if (type == CK_Q4_K || type == CK_Q5_K) {
    parts_of_45_k(type, b, out);
  } else {
    parts_of_236_k(type, b, out);
  }
}

// Adds one block's groups to the sum of a row. x: the activations beside the block
static float add_block(ck_type type, const block_parts *w, const ck_activations *x, float sum) {
  const int group = (int)panel_group(type), with_minimum = panel_has_minimum(type);
  const int zero = with_minimum ? 0 : 1 << panel_zero_shift(type);
  for (int first = 0; first < (int)type_elements(type); first += group) {
    const ck_activations *beside = x + first / CK_BLOCK;
    int32_t products = 0, activations = 0;
    for (int i = first; i < first + group; i++) {
      products += (w->q[i] - zero) * beside->q[i % CK_BLOCK];
      activations += beside->q[i % CK_BLOCK];
    }
    const float scale = w->scale[first / group] * beside->scale;
    sum = __builtin_fmaf((float)products, scale, sum);
    if (with_minimum) {
      const float offset = beside->scale * (float)activations;
      sum = __builtin_fmaf(w->minimum[first / group], offset, sum);
    }
  }
  return sum;
}

static void multiply_panel(const ck_panel_product *p) {
  const size_t elements = type_elements(p->type), blocks = p->k / elements;
  memset(p->y, 0, p->columns * CK_PANEL * sizeof *p->y);
  for (size_t row = 0; row < CK_PANEL; row++) {
    for (size_t b = 0; b < blocks; b++) {
      block_parts parts;
      parts_of(p->type, p->rows + row * p->row_bytes + b * type_bytes(p->type), &parts);
      for (size_t c = 0; c < p->columns; c++) {
        const ck_activations *x = p->x + (c * blocks + b) * (elements / CK_BLOCK);
        float *y = p->y + c * CK_PANEL + row;
        *y = add_block(p->type, &parts, x, *y);
      }
    }
  }
}

static void quantize(const float *x, size_t blocks, ck_activations *out) {
  for (size_t b = 0; b < blocks; b++, x += CK_BLOCK, out++) {
    uint32_t highest = 0;
    for (int i = 0; i < CK_BLOCK; i++) {
      const uint32_t bits = bits_of(x[i]) & 0x7fffffff;
      if (bits > highest) highest = bits;
    }
    const ck_step step = ck_step_of(highest);
    int32_t sums[2] = {0, 0};
    for (int i = 0; i < CK_BLOCK; i++) {
      // Adding the magic number rounds to an integer, ties to even.
      const float scaled = x[i] * step.inverse + CK_EXP_MAGIC;
      const int32_t q = step.is_zero ? 0 : (int32_t)(bits_of(scaled) - bits_of(CK_EXP_MAGIC));
      out->q[i] = (int8_t)q;
      sums[i / 16] += q;
    }
    ck_finish_activations(out, step, sums);
  }
}
