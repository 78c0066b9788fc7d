// The summary of a vector of logits.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "internal.h"

// The natural logarithm of a finite x >= 1 by the series of artanh, to about 1e-15: this
// library's own, because libm's may differ in the last bit from one machine to another.
static double log_of(double x) {
  int exponent = 0;
  double fraction = frexp(x, &exponent);  // 1/2 <= fraction < 1
  if (fraction < 0.70710678118654752) {
    fraction *= 2;
    exponent--;
  }
  const double s = (fraction - 1) / (fraction + 1), square = s * s;
  double series = 0;
  for (int odd = 19; odd > 0; odd -= 2) series = series * square + 1.0 / odd;
  return exponent * 0.69314718055994531 + 2 * s * series;
}

// Puts the lanes together; the lowest index wins among equals.
static ck_logits_summary merge(const ck_scan *scan) {
  ck_logits_summary all = {.argmax = UINT32_MAX, .max = -INFINITY, .second = -INFINITY};
  for (size_t lane = 0; lane < CK_LANES; lane++) {
    const float best = scan->best[lane];
    float loser = best;
    if (best > all.max || (best == all.max && scan->index[lane] < all.argmax)) {
      loser = all.max;
      all.max = best;
      all.argmax = scan->index[lane];
    }
    if (loser > all.second) all.second = loser;
    if (scan->second[lane] > all.second) all.second = scan->second[lane];
  }
  return all;
}

// Nothing stands above -INFINITY: the first that is no NaN, or the first of all.
static ck_logits_summary without_winner(const float *logits, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (!isnan(logits[i])) return (ck_logits_summary){(uint32_t)i, -INFINITY, -INFINITY, NAN};
  }
  return (ck_logits_summary){0, NAN, -INFINITY, NAN};
}

ck_logits_summary ck_summarize_logits(const float *logits, size_t n, float temperature) {
  const ck_kernels *kernels = ck_current();
  ck_scan scan;
  kernels->scan(logits, n, temperature, &scan);
  ck_logits_summary all = merge(&scan);
  if (all.argmax == UINT32_MAX) return without_winner(logits, n);
  const float sum = kernels->sum_exp(logits, n, temperature, all.max);
  all.log_sum_exp = isfinite(sum) ? (float)(all.max + log_of(sum)) : NAN;
  return all;
}
