// One pass over logits: the two largest, sums of exp, and those of the entropy. Compare
// logits_scalar.inc.h.
#pragma once

#include "logits/parts.h"
#include "vectors/vectors_simd.inc.h"

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

static float sum_exp(const float *logits, size_t n, float temperature, float max) {
  vec sums[PARTS] = {0};
  for (size_t i = 0; i < n; i += CK_LANES) {
    UNROLL for (int p = 0; p < PARTS; p++) {
      const vec v = load_at(logits, i + (size_t)p * WIDTH, n, -INFINITY);
      sums[p] += exp_lanes(v / temperature - max);
    }
  }
  return fold(sums);
}

static ck_entropy_sums sum_entropy(const float *logits, size_t n, float temperature, float max) {
  vec sums[PARTS] = {0}, weighted[PARTS] = {0};
  for (size_t i = 0; i < n; i += CK_LANES) {
    UNROLL for (int p = 0; p < PARTS; p++) {
      const vec x = load_at(logits, i + (size_t)p * WIDTH, n, -INFINITY) / temperature - max;
      const vec e = exp_lanes(x);
      sums[p] += e;
      weighted[p] += e > (vec)(0) ? e * x : (vec)(0);
    }
  }
  return (ck_entropy_sums){fold(sums), fold(weighted)};
}
