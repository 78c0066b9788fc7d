// The entropy of a softmax, and the logarithm that it and summaries use.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "isa/kernels.h"
#include "logits/parts.h"

// By the series of artanh. libm's may differ in the last bit from one machine to another.
double ck_log(double x) {
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

// With x = logit / temperature - max, S the sum of e^x and p = e^x / S, -log p = log S - x. The entropy
// is the mean of that over p.
float ck_entropy(const float *logits, size_t n, float temperature, float max) {
  double sum = 0, weighted = 0;
  for (size_t first = 0; first < n; first += CK_LOGITS_PART) {
    const ck_entropy_sums part =
      ck_current()->sum_entropy(logits + first, n - first < CK_LOGITS_PART ? n - first : CK_LOGITS_PART, temperature, max);
    sum += part.sum;
    weighted += part.weighted;
  }
  return isfinite(sum) && sum >= 1 ? (float)(ck_log(sum) - weighted / sum) : NAN;
}
