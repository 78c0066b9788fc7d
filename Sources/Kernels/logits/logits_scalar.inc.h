// The reference of one pass over logits.
#pragma once

#include "logits/parts.h"
#include "vectors/vectors_scalar.inc.h"

static void scan(const float *logits, size_t n, ck_scan *out) {
  for (size_t lane = 0; lane < CK_LANES; lane++) {
    out->best[lane] = out->second[lane] = -INFINITY;
    out->index[lane] = UINT32_MAX;
  }
  for (size_t i = 0; i < n; i++) {
    const float value = logits[i];
    const size_t lane = i % CK_LANES;
    if (value > out->best[lane]) {
      out->second[lane] = out->best[lane];
      out->best[lane] = value;
      out->index[lane] = (uint32_t)i;
    } else if (value > out->second[lane]) {
      out->second[lane] = value;
    }
  }
}

static float sum_exp(const float *logits, size_t n, float temperature, float max) {
  float lanes[CK_LANES] = {0};  // [lane]
  for (size_t i = 0; i < n; i++) lanes[i % CK_LANES] += exp_one(logits[i] / temperature - max);
  return tree_sum(lanes);
}

static ck_entropy_sums sum_entropy(const float *logits, size_t n, float temperature, float max) {
  float lanes[CK_LANES] = {0}, weighted[CK_LANES] = {0};  // [lane]
  for (size_t i = 0; i < n; i++) {
    const float x = logits[i] / temperature - max, e = exp_one(x);
    lanes[i % CK_LANES] += e;
    // 0 times -INFINITY counts as 0; a NaN is in the sum already.
    weighted[i % CK_LANES] += e > 0 ? e * x : 0;
  }
  return (ck_entropy_sums){tree_sum(lanes), tree_sum(weighted)};
}
