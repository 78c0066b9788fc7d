// Sums over a vocabulary in doubles, for perplexity and divergence. Scalar code in fixed lanes, which
// the compiler turns into vectors without changing a bit.
#pragma STDC FP_CONTRACT OFF
#include <stdint.h>
#include <string.h>

#include "CleaveLogits.h"

enum { LANES = 8 };

// exp(x) for x <= 709, relative error below 1e-11; e^-700 for anything below -700. Adding 1.5 * 2^52
// rounds to an integer that is in the low bits; ln 2 is split so that n * LN2_HIGH is exact.
static inline double exp_of(double x) {
  const double MAGIC = 0x1.8p+52, LN2_HIGH = 0x1.62e42fee00000p-1, LN2_LOW = 0x1.a39ef35793c76p-33;
  x = x < -700 ? -700 : x;
  const double shifted = x * 0x1.71547652b82fep+0 + MAGIC;
  const double n = shifted - MAGIC;
  const double r = x - n * LN2_HIGH - n * LN2_LOW;
  double series = 1.0 / 362880;
  series = series * r + 1.0 / 40320;
  series = series * r + 1.0 / 5040;
  series = series * r + 1.0 / 720;
  series = series * r + 1.0 / 120;
  series = series * r + 1.0 / 24;
  series = series * r + 1.0 / 6;
  series = series * r + 0.5;
  series = series * r + 1;
  series = series * r + 1;
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return series * power;
}

// The sum of the lanes as a fixed tree.
static double total(double *lanes) {
  for (size_t width = LANES / 2; width > 0; width /= 2) {
    for (size_t lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

double ck_sum_exp(const float *x, size_t n, double shift) {
  double lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    for (size_t lane = 0; lane < LANES; lane++) lanes[lane] += exp_of(x[i + lane] - shift);
  }
  for (size_t lane = 0; i + lane < n; lane++) lanes[lane] += exp_of(x[i + lane] - shift);
  return total(lanes);
}

// One term of the divergence.
static inline double term(float p, float q, double p_shift, double q_shift) {
  const double log_p = p - p_shift, log_q = q - q_shift;
  return exp_of(log_p) * (log_p - log_q);
}

double ck_divergence(const float *p, const float *q, size_t n, double p_shift, double q_shift) {
  double lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    for (size_t lane = 0; lane < LANES; lane++) {
      lanes[lane] += term(p[i + lane], q[i + lane], p_shift, q_shift);
    }
  }
  for (size_t lane = 0; i + lane < n; lane++) {
    lanes[lane] += term(p[i + lane], q[i + lane], p_shift, q_shift);
  }
  return total(lanes);
}
