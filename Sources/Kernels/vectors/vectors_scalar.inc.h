// The reference of functions of vectors: dot products, exp, gated activations.
#pragma once

#include "isa/scalar.inc.h"
#include "vectors/exp.h"

// The last, partial step along k is filled with zeros, whose products are added like any others:
// leaving them out would keep a negative zero that adding turns positive.
static float dot(const float *w, const float *x, size_t k) {
  float lanes[CK_LANES] = {0};  // [lane]
  for (size_t start = 0; start < k; start += CK_LANES) {
    for (size_t i = 0; i < CK_LANES; i++) {
      const int inside = start + i < k;
      const float a = inside ? w[start + i] : 0, b = inside ? x[start + i] : 0;
      lanes[i] = __builtin_fmaf(a, b, lanes[i]);
    }
  }
  return tree_sum(lanes);
}

static float sum_squares(const float *x, size_t n) { return dot(x, x, n); }

static float exp_one(float x) {
  if (x != x) return x;
  if (x < CK_EXP_ZERO_BELOW) return 0;
  if (x > CK_EXP_INFINITE_ABOVE) return INFINITY;
  const float shifted = __builtin_fmaf(x, CK_LOG2_E, CK_EXP_MAGIC);
  const float n = shifted - CK_EXP_MAGIC;
  const int32_t exponent = (int32_t)(bits_of(shifted) - bits_of(CK_EXP_MAGIC));
  float r = __builtin_fmaf(n, -CK_LN2_HIGH, x);
  r = __builtin_fmaf(n, -CK_LN2_LOW, r);
  float p = __builtin_fmaf(CK_EXP_P5, r, CK_EXP_P4);
  p = __builtin_fmaf(p, r, CK_EXP_P3);
  p = __builtin_fmaf(p, r, CK_EXP_P2);
  p = __builtin_fmaf(p, r, CK_EXP_P1);
  p = __builtin_fmaf(p, r, CK_EXP_P0);
  const float value = 1 + __builtin_fmaf(p, r * r, r);
  // In two steps, because 2^128 is not a float although the product may be; only the second rounds.
  const int32_t half = exponent >> 1;
  const float step = float_from((uint32_t)(half + 127) << 23);
  return value * step * float_from((uint32_t)(exponent - half + 127) << 23);
}

static void exp_all(const float *x, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = exp_one(x[i]);
}

// cap * tanh(x / cap).
static float cap_one(float x, float cap) {
  return cap * (1 - 2 / (1 + exp_one(x * (2 / cap))));
}

static void cap_all(float *x, size_t n, float cap) {
  for (size_t i = 0; i < n; i++) x[i] = cap_one(x[i], cap);
}

static void swiglu(float *gate, const float *up, size_t n) {
  for (size_t i = 0; i < n; i++) gate[i] = gate[i] / (1 + exp_one(-gate[i])) * up[i];
}

static void geglu(float *gate, const float *up, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const float g = gate[i], u = g * __builtin_fmaf(CK_GELU_CUBIC, g * g, CK_GELU_LINEAR);
    gate[i] = g / (1 + exp_one(-u)) * up[i];
  }
}

static void clamped_swiglu(float *gate, const float *up, size_t n, float slope, float limit) {
  for (size_t i = 0; i < n; i++) {
    const float g = gate[i] > limit ? limit : gate[i];
    const float low = up[i] < -limit ? -limit : up[i], u = low > limit ? limit : low;
    gate[i] = g / (1 + exp_one(-(slope * g))) * (u + 1);
  }
}

static float gelu_one(float x) {
  const float z = (x < 0 ? -x : x) * CK_SQRT_HALF;
  const float t = 1 / __builtin_fmaf(CK_ERFC_P, z, 1);
  float p = __builtin_fmaf(CK_ERFC_A5, t, CK_ERFC_A4);
  p = __builtin_fmaf(p, t, CK_ERFC_A3);
  p = __builtin_fmaf(p, t, CK_ERFC_A2);
  p = __builtin_fmaf(p, t, CK_ERFC_A1);
  const float tail = 0.5f * (p * t) * exp_one(-(z * z));
  return x * (x < 0 ? tail : 1 - tail);
}

static void geglu_erf(float *gate, const float *up, size_t n) {
  for (size_t i = 0; i < n; i++) gate[i] = gelu_one(gate[i]) * up[i];
}
