// Blocks that the quantizers write, plain and searched, and those of error feedback.
#include "digest.h"

static const ck_type types[] = {CK_F16,  CK_BF16, CK_Q4_0, CK_Q4_1, CK_Q5_0, CK_Q5_1,
                                CK_Q8_0, CK_Q2_K, CK_Q3_K, CK_Q4_K, CK_Q5_K, CK_Q6_K};

static void rows(ck_pool *pool, ck_type type, ck_effort effort) {
  enum { K = 768, ROWS = 21 };
  float *w = numbers(ROWS * K, 0.1f), *importance = numbers(K, 1);
  for (size_t i = 0; i < K; i++) importance[i] = i % 37 == 0 ? 0 : importance[i] * importance[i];
  for (size_t i = 0; i < K; i++) w[i] = i % 3 == 0 ? 0 : w[i] * w[i] * w[i];  // few large ones
  memset(w + K, 0, K * sizeof *w);
  const size_t bytes = K / ck_block_elements(type) * ck_block_bytes(type);
  uint8_t *out = room(ROWS * bytes);
  ck_quantization result =
    ck_quantize_rows(pool, CK_F32, w, ROWS, K, type, importance, effort, out);
  uint64_t hash = FRESH;
  hash_bytes(&hash, out, ROWS * bytes);
  w[5 * K + 300] = INFINITY;
  result = ck_quantize_rows(pool, CK_F32, w, ROWS, K, type, importance, effort, out);
  hash_bytes(&hash, &result.fault, sizeof result.fault);
  hash_bytes(&hash, &result.element, sizeof result.element);
  line(effort == CK_PLAIN ? "blocks plain" : "blocks search", (int)type, hash);
  free(w), free(importance), free(out);
}

static void feedback(ck_pool *pool, ck_type type) {
  enum { ROWS = 33 };
  const size_t n = ck_block_elements(type);
  float *w = numbers(ROWS * n, 0.1f), *factor = numbers(n * n, 0.05f), *importance = numbers(n, 1);
  for (size_t i = 0; i < n; i++) {
    factor[i * n + i] = 1 + importance[i] / 4;
    importance[i] *= importance[i];
  }
  uint8_t *out = room(ROWS * ck_block_bytes(type));
  const ck_feed_back part = {type, w, n, ROWS, factor, importance, out, ck_block_bytes(type)};
  ck_quantize_with_feedback(pool, &part);
  uint64_t hash = FRESH;
  hash_bytes(&hash, out, ROWS * ck_block_bytes(type));
  line("feedback", (int)type, hash);
  free(w), free(factor), free(importance), free(out);
}

void digest_quantizers(ck_pool *pool) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    rows(pool, types[i], CK_PLAIN);
    rows(pool, types[i], CK_SEARCH);
    if (ck_block_elements(types[i]) > 1) feedback(pool, types[i]);
  }
}
