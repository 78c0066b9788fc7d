// The sweep for the largest logits.

static void scan(const float *logits, size_t n, ck_scan *out) {
  vec best[PARTS], second[PARTS];
  uvec index[PARTS], here[PARTS];
  for (int p = 0; p < PARTS; p++) {
    best[p] = second[p] = (vec)(-INFINITY);
    index[p] = (uvec)(UINT32_MAX);
    for (int i = 0; i < WIDTH; i++) here[p][i] = (uint32_t)(p * WIDTH + i);
  }
  for (size_t i = 0; i < n; i += CK_LANES) {
    UNROLL for (int p = 0; p < PARTS; p++) {
      const vec v = load_at(logits, i + (size_t)p * WIDTH, n, -INFINITY);
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
