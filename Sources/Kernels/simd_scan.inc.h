// The two sweeps that keep several registers of state: values of attention, largest logits.

// head dimensions d ..< d + count * WIDTH. The sums run over the positions one after another, so
// several of them are in flight together.
ALWAYS_INLINE void blend_some(const ck_blend *b, const float *weights, float divisor, float *out,
                              size_t d, const int count) {
  vec sums[4] = {0};
  for (size_t j = 0; j < b->positions; j++) {
    const vec weight = (vec)(weights[j]);
    const float *row = b->values + j * b->stride + d;
    UNROLL for (int i = 0; i < count; i++) {
      sums[i] = fma_lanes(weight, load(row + i * WIDTH), sums[i]);
    }
  }
  UNROLL for (int i = 0; i < count; i++) store(sums[i] / divisor, out + d + i * WIDTH);
}

static void blend(const ck_blend *b, const float *weights, float divisor, float *out) {
  size_t d = 0;
  for (; d + 4 * WIDTH <= b->head_dim; d += 4 * WIDTH) {
    blend_some(b, weights, divisor, out, d, 4);
  }
  for (; d + WIDTH <= b->head_dim; d += WIDTH) blend_some(b, weights, divisor, out, d, 1);
  for (; d < b->head_dim; d++) {
    float sum = 0;
    for (size_t j = 0; j < b->positions; j++) {
      sum = __builtin_fmaf(weights[j], b->values[j * b->stride + d], sum);
    }
    out[d] = sum / divisor;
  }
}

static void scan(const float *logits, size_t n, float temperature, ck_scan *out) {
  vec best[PARTS], second[PARTS];
  uvec index[PARTS], here[PARTS];
  for (int p = 0; p < PARTS; p++) {
    best[p] = second[p] = (vec)(-INFINITY);
    index[p] = (uvec)(UINT32_MAX);
    for (int i = 0; i < WIDTH; i++) here[p][i] = (uint32_t)(p * WIDTH + i);
  }
  for (size_t i = 0; i < n; i += CK_LANES) {
    UNROLL for (int p = 0; p < PARTS; p++) {
      const vec v = load_at(logits, i + (size_t)p * WIDTH, n, -INFINITY) / temperature;
      const ivec wins = v > best[p];
      const vec runner_up = v > second[p] ? v : second[p];
      second[p] = wins ? best[p] : runner_up;
      index[p] = wins ? here[p] : index[p];
      best[p] = wins ? v : best[p];
      here[p] += CK_LANES;
    }
  }
  memcpy(out->best, best, sizeof best);
  memcpy(out->second, second, sizeof second);
  memcpy(out->index, index, sizeof index);
}
