// Dequantization, the K formats: 256 elements with scales of scales. See codecs.inc.h.
// b: one block; out: [256].

// 16 groups of 16; each scale byte holds a 4-bit scale and a 4-bit minimum.
static inline void block_q2_k(const uint8_t *restrict b, float *restrict out) {
  const uint8_t *restrict scales = b, *restrict q = b + 16;  // [16], [64]
  const float d = half_at(b + 80), dmin = half_at(b + 82);
  for (int group = 0; group < 16; group++) {
    const float scale = d * (float)(scales[group] & 15);
    const float minimum = dmin * (float)(scales[group] >> 4);
    const int base = group / 8 * 32 + group % 2 * 16, shift = group / 2 % 4 * 2;
    LOOP for (int i = 0; i < 16; i++) {
      out[16 * group + i] = scale * (float)(q[base + i] >> shift & 3) - minimum;
    }
  }
}

// The 6-bit scale of group g, 0 ..< 16, whose high bit pairs stand apart.
static inline int q3_k_scale(const uint8_t *restrict s, int g) {
  return ((s[g % 8] >> (g / 8 * 4) & 15) | (s[8 + g % 4] >> (g / 4 * 2) & 3) << 4) - 32;
}

// 16 groups of 16; a set bit in `high` means that 4 is not subtracted.
static inline void block_q3_k(const uint8_t *restrict b, float *restrict out) {
  const uint8_t *restrict high = b, *restrict q = b + 32;  // [32], [64]
  const uint8_t *restrict scales = b + 96;                 // [12]
  const float d = half_at(b + 108);
  for (int group = 0; group < 16; group++) {
    const float scale = d * (float)q3_k_scale(scales, group);
    const int base = group / 8 * 32 + group % 2 * 16, shift = group / 2 % 4 * 2;
    LOOP for (int i = 0; i < 16; i++) {
      const int absent = (high[group % 2 * 16 + i] >> (group / 2) & 1) ^ 1;
      const int value = (q[base + i] >> shift & 3) - absent * 4;
      out[16 * group + i] = scale * (float)value;
    }
  }
}

// The 6-bit scale and minimum of sub-block j, 0 ..< 8, packed in 12 bytes.
static inline void k_scale_min(const uint8_t *restrict s, int j, int *scale, int *minimum) {
  if (j < 4) {
    *scale = s[j] & 63;
    *minimum = s[j + 4] & 63;
  } else {
    *scale = (s[j + 4] & 15) | (s[j - 4] >> 6) << 4;
    *minimum = (s[j + 4] >> 4) | (s[j] >> 6) << 4;
  }
}

static inline void block_q4_k(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b), dmin = half_at(b + 2);
  const uint8_t *restrict q = b + 16;  // [128]
  for (int j = 0; j < 8; j++) {
    int scale, minimum;
    k_scale_min(b + 4, j, &scale, &minimum);
    const float dj = d * (float)scale, mj = dmin * (float)minimum;
    const int base = j / 2 * 32, shift = j % 2 * 4;
    LOOP for (int i = 0; i < 32; i++) {
      out[32 * j + i] = dj * (float)(q[base + i] >> shift & 15) - mj;
    }
  }
}

static inline void block_q5_k(const uint8_t *restrict b, float *restrict out) {
  const float d = half_at(b), dmin = half_at(b + 2);
  const uint8_t *restrict high = b + 16, *restrict q = b + 48;  // [32], [128]
  for (int j = 0; j < 8; j++) {
    int scale, minimum;
    k_scale_min(b + 4, j, &scale, &minimum);
    const float dj = d * (float)scale, mj = dmin * (float)minimum;
    const int base = j / 2 * 32, shift = j % 2 * 4;
    LOOP for (int i = 0; i < 32; i++) {
      const int value = (q[base + i] >> shift & 15) | (high[i] >> j & 1) << 4;
      out[32 * j + i] = dj * (float)value - mj;
    }
  }
}

// Two halves of 128 elements, each from 64 bytes of low nibbles and 32 of high bit pairs.
static inline void block_q6_k(const uint8_t *restrict b, float *restrict out) {
  const uint8_t *restrict low = b, *restrict high = b + 128;  // [128], [64]
  const int8_t *restrict scales = (const int8_t *)(b + 192);  // [16]
  const float d = half_at(b + 208);
  for (int group = 0; group < 16; group++) {
    const float scale = d * (float)scales[group];
    const int half = group / 8, quarter = group / 2 % 4, at = group % 2 * 16;
    const int lows = half * 64 + quarter % 2 * 32 + at, highs = half * 32 + at;
    LOOP for (int i = 0; i < 16; i++) {
      const int nibble = low[lows + i] >> (quarter / 2 * 4) & 15;
      const int value = (nibble | (high[highs + i] >> (quarter * 2) & 3) << 4) - 32;
      out[16 * group + i] = scale * (float)value;
    }
  }
}
