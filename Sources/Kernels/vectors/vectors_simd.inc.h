// Functions of vectors: exp, gated activations, sums of squares. Compare vectors_scalar.inc.h, which
// computes the same one element at a time.
#pragma once

#include "isa/simd.inc.h"
#include "vectors/exp.h"

ALWAYS_INLINE vec exp_lanes(vec x) {
  const vec shifted = fma_lanes(x, (vec)(CK_LOG2_E), (vec)(CK_EXP_MAGIC));
  const vec n = shifted - CK_EXP_MAGIC;
  const ivec exponent = (ivec)((uvec)shifted - (uvec)(vec)(CK_EXP_MAGIC));
  vec r = fma_lanes(n, (vec)(-CK_LN2_HIGH), x);
  r = fma_lanes(n, (vec)(-CK_LN2_LOW), r);
  vec p = fma_lanes((vec)(CK_EXP_P5), r, (vec)(CK_EXP_P4));
  p = fma_lanes(p, r, (vec)(CK_EXP_P3));
  p = fma_lanes(p, r, (vec)(CK_EXP_P2));
  p = fma_lanes(p, r, (vec)(CK_EXP_P1));
  p = fma_lanes(p, r, (vec)(CK_EXP_P0));
  vec value = (vec)(1) + fma_lanes(p, r * r, r);
  const ivec half = exponent >> 1;
  value *= (vec)((uvec)(half + 127) << 23);
  value *= (vec)((uvec)(exponent - half + 127) << 23);
  // Out of range the arithmetic above is meaningless but harmless.
  value = x < (vec)(CK_EXP_ZERO_BELOW) ? (vec)(0) : value;
  value = x > (vec)(CK_EXP_INFINITE_ABOVE) ? (vec)(INFINITY) : value;
  return x != x ? x : value;
}

static void exp_all(const float *x, float *out, size_t n) {
  for (size_t i = 0; i < n; i += WIDTH) store_at(exp_lanes(load_at(x, i, n, 0)), out, i, n);
}

static void cap_all(float *x, size_t n, float cap) {
  const float steep = 2 / cap;
  for (size_t i = 0; i < n; i += WIDTH) {
    const vec e = exp_lanes(load_at(x, i, n, 0) * steep);
    store_at(cap * ((vec)(1) - (vec)(2) / ((vec)(1) + e)), x, i, n);
  }
}

static void swiglu(float *gate, const float *up, size_t n) {
  for (size_t i = 0; i < n; i += WIDTH) {
    const vec g = load_at(gate, i, n, 0);
    store_at(g / ((vec)(1) + exp_lanes(-g)) * load_at(up, i, n, 0), gate, i, n);
  }
}

static void geglu(float *gate, const float *up, size_t n) {
  for (size_t i = 0; i < n; i += WIDTH) {
    const vec g = load_at(gate, i, n, 0);
    const vec u = g * fma_lanes((vec)(CK_GELU_CUBIC), g * g, (vec)(CK_GELU_LINEAR));
    store_at(g / ((vec)(1) + exp_lanes(-u)) * load_at(up, i, n, 0), gate, i, n);
  }
}

static void clamped_swiglu(float *gate, const float *up, size_t n, float slope, float limit) {
  const vec most = (vec)(0) + limit, least = -most;
  for (size_t i = 0; i < n; i += WIDTH) {
    vec g = load_at(gate, i, n, 0), u = load_at(up, i, n, 0);
    g = g > most ? most : g;
    u = u < least ? least : u;
    u = u > most ? most : u;
    store_at(g / ((vec)(1) + exp_lanes(-(slope * g))) * (u + (vec)(1)), gate, i, n);
  }
}

static void geglu_erf(float *gate, const float *up, size_t n) {
  for (size_t i = 0; i < n; i += WIDTH) {
    const vec x = load_at(gate, i, n, 0);
    const vec z = (x < (vec)(0) ? -x : x) * CK_SQRT_HALF;
    const vec t = (vec)(1) / fma_lanes((vec)(CK_ERFC_P), z, (vec)(1));
    vec p = fma_lanes((vec)(CK_ERFC_A5), t, (vec)(CK_ERFC_A4));
    p = fma_lanes(p, t, (vec)(CK_ERFC_A3));
    p = fma_lanes(p, t, (vec)(CK_ERFC_A2));
    p = fma_lanes(p, t, (vec)(CK_ERFC_A1));
    const vec tail = (vec)(0.5f) * (p * t) * exp_lanes(-(z * z));
    store_at(x * (x < (vec)(0) ? tail : (vec)(1) - tail) * load_at(up, i, n, 0), gate, i, n);
  }
}

static float sum_squares(const float *x, size_t n) {
  vec sums[PARTS] = {0};
  for (size_t i = 0; i < n; i += CK_LANES) {
    UNROLL for (int p = 0; p < PARTS; p++) {
      const vec v = load_at(x, i + (size_t)p * WIDTH, n, 0);
      sums[p] = fma_lanes(v, v, sums[p]);
    }
  }
  return fold(sums);
}

// The largest lane; a NaN never wins.
ALWAYS_INLINE float largest_of(vec x) {
  float largest = -INFINITY;
  for (int i = 0; i < WIDTH; i++) {
    if (x[i] > largest) largest = x[i];
  }
  return largest;
}
