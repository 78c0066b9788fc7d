// exp, integers of activations, norms, summaries of logits.
#include "digest.h"

void digest_vectors(ck_pool *pool) {
  enum { N = 1 << 16, WIDTH = 416, COLUMNS = 17 };
  float *x = room(N * sizeof *x), *y = room(N * sizeof *y);
  // All orders of magnitude and both signs, NaN and infinity.
  for (uint32_t i = 0; i < N; i++) {
    const uint32_t bits = i << 16 | (uint32_t)(next() & 0xffff);
    memcpy(x + i, &bits, sizeof bits);
  }
  uint64_t hash = FRESH;
  ck_exp(x, y, N);
  hash_floats(&hash, y, N);
  line("exp", 0, hash);
  ck_activations *blocks = room(N / CK_BLOCK * sizeof *blocks);
  ck_quantize_activations(pool, x, N, 1, blocks);
  hash = FRESH;
  hash_blocks(&hash, blocks, N / CK_BLOCK);
  line("quantize", 0, hash);
  float *v = numbers(WIDTH * COLUMNS, 9), *weight = numbers(WIDTH, 1);
  ck_rms_norm(pool, v, weight, WIDTH, COLUMNS, 1e-5f, y, blocks);
  hash = FRESH;
  hash_floats(&hash, y, WIDTH * COLUMNS);
  hash_blocks(&hash, blocks, WIDTH * COLUMNS / CK_BLOCK);
  ck_swiglu(v, y, WIDTH * COLUMNS - 3);
  hash_floats(&hash, v, WIDTH * COLUMNS);
  line("norm, swiglu", 0, hash);
  for (size_t n = 1; n < 3000; n = n * 2 + 1) {
    const ck_logits_summary s = ck_summarize_logits(v, n, 1.3f);
    hash = FRESH;
    hash_bytes(&hash, &s.argmax, sizeof s.argmax);
    hash_floats(&hash, &s.max, 3);
    const float entropy = ck_entropy(v, n, 1.3f, s.max);
    hash_floats(&hash, &entropy, 1);
    line("logits", (int)n, hash);
  }
  free(x), free(y), free(v), free(weight), free(blocks);
}
