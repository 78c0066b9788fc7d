// Layers, losses and steps of training.
#include "digest.h"

enum { ROWS = 5 };

static void layers(size_t n) {
  float *x = numbers(ROWS * n, 2), *w = numbers(n, 1), *dy = numbers(ROWS * n, 1);
  float *y = numbers(ROWS * n, 1), *z = numbers(ROWS * n, 1), inverse[ROWS], logs[ROWS];
  uint64_t hash = FRESH;
  ck_norm_forward(x, w, 1e-5f, ROWS, n, y, inverse);
  hash_floats(&hash, y, ROWS * n);
  ck_norm_backward(x, w, inverse, dy, ROWS, n, y, w);
  hash_floats(&hash, y, ROWS * n);
  hash_floats(&hash, w, n);
  ck_swiglu_forward(x, dy, ROWS * n, z);
  hash_floats(&hash, z, ROWS * n);
  ck_swiglu_backward(x, dy, z, ROWS * n, y, z);
  hash_floats(&hash, y, ROWS * n);
  hash_floats(&hash, z, ROWS * n);
  const ck_causal_tile tile = {ROWS, n, n / 2, n / 3, 0.3f};
  memcpy(y, x, ROWS * n * sizeof *x);
  ck_causal_softmax(&tile, x, logs, 1);
  ck_causal_softmax_again(&tile, y, logs, 1);
  hash_floats(&hash, x, ROWS * n);
  hash_floats(&hash, y, ROWS * n);
  ck_row_dots(x, dy, ROWS, n, n, logs, 1);
  ck_causal_softmax_backward(&tile, x, dy, logs, 1);
  hash_floats(&hash, dy, ROWS * n);
  line("layers", (int)n, hash);
  free(x), free(w), free(dy), free(y), free(z);
}

static void losses(size_t n) {
  float *z = numbers(n, 4), *g = numbers(n, 1), *m = numbers(n, 1), *v = numbers(n, 1);
  for (size_t i = 0; i < n; i++) v[i] *= v[i];
  static const float temperatures[] = {0.5f, 1, 3};
  float surprise[3];
  uint64_t hash = FRESH;
  ck_tempered(z, n, n / 2, temperatures, 3, surprise);
  hash_floats(&hash, surprise, 3);
  const uint32_t columns[] = {0, (uint32_t)n / 2};
  const float probabilities[] = {0.25f, 0.75f};
  const ck_target target = {columns, probabilities, 2, n / 2, 0.8f, 1.5f};
  const ck_distilled loss = ck_distill(z, n, n / 2 + 1, 2, &target);
  hash_floats(&hash, &loss.loss, 4);
  hash_floats(&hash, z, n);
  const float distance = ck_smooth_l1(z, g, n, 0.6f, m);
  hash_floats(&hash, &distance, 1);
  hash_floats(&hash, m, n);
  const ck_adamw rule = {1e-3f, 0.9f, 0.999f, 1e-8f, 0.1f, 0.1f, 0.001f, 0.7f};
  ck_adamw_step(&rule, n, z, g, m, v);
  hash_floats(&hash, z, n);
  const double sum = ck_sum_of_squares(z, n);
  hash_bytes(&hash, &sum, sizeof sum);
  ck_accumulate(z, n, m);
  hash_floats(&hash, m, n);
  line("losses", (int)n, hash);
  free(z), free(g), free(m), free(v);
}

void digest_gradients(void) {
  static const size_t lengths[] = {7, 16, 33, 320};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    layers(lengths[i]);
    losses(lengths[i]);
  }
}
