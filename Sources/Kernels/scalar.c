// The reference: what every other variant must reproduce bit for bit, in plain C that runs on any
// processor. It is written to be read; where a processor has no fused multiply-add, libm's
// fmaf makes up for it, slowly.
#pragma STDC FP_CONTRACT OFF

#include "internal.h"
#include "quantize.h"

static inline float float_from(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// float16 to float32, exactly, NaNs made quiet as the hardware does it.
static inline float half_at(const uint8_t *bytes) {
  uint16_t half;
  memcpy(&half, bytes, sizeof half);
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  const uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
  if (exponent == 0) return float_from(sign | bits_of((float)fraction * 0x1p-24f));
  if (exponent == 31) {
    const uint32_t quiet = fraction ? 0x400000 : 0;
    return float_from(sign | 0x7f800000 | quiet | fraction << 13);
  }
  return float_from(sign | (exponent + 112) << 23 | fraction << 13);
}

static void dequantize_f16(const uint8_t *bytes, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = half_at(bytes + 2 * i);
}

#include "codecs.inc.h"
#include "codecs_k.inc.h"
#include "dequantize.inc.h"
#include "scalar_panel.inc.h"

static float tree_sum(float lanes[CK_LANES]) {
  for (int width = CK_LANES / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
  }
  return lanes[0];
}

// The last, partial step along k is filled with zeros, and the products of these are added like
// any other: leaving them out would keep a negative zero that adding turns positive.
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

static void multiply(const ck_product *p) {
  for (size_t column = 0; column < p->columns; column++) {
    for (size_t row = 0; row < p->rows; row++) {
      p->y[column * p->ldy + row] = dot(p->w + row * p->ldw, p->x + column * p->ldx, p->k);
    }
  }
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
  // Two steps: 2^128 is no float, though the product may be one; only the second step rounds.
  const int32_t half = exponent >> 1;
  const float step = float_from((uint32_t)(half + 127) << 23);
  return value * step * float_from((uint32_t)(exponent - half + 127) << 23);
}

static void exp_all(const float *x, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = exp_one(x[i]);
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

#include "scalar_attention.inc.h"

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
    // 0 times -INFINITY is nothing here; a NaN shows in the sum.
    weighted[i % CK_LANES] += e > 0 ? e * x : 0;
  }
  return (ck_entropy_sums){tree_sum(lanes), tree_sum(weighted)};
}

const ck_kernels ck_scalar_kernels = {
  .name = "scalar", .quantizers = &ck_scalar_quantizers, .dequantize = dequantize, .multiply = multiply,
  .multiply_panel = multiply_panel, .quantize = quantize, .sum_squares = sum_squares,
  .swiglu = swiglu, .geglu = geglu, .exp = exp_all, .attend = attend, .narrow = narrow, .scan = scan,
  .sum_exp = sum_exp, .sum_entropy = sum_entropy,
};
