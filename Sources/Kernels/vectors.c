// Kernels on vectors. What is exact element by element is written here once for all variants.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "internal.h"

void ck_dequantize(ck_type type, const void *blocks, float *out, size_t elements) {
  ck_current()->dequantize(type, blocks, out, elements);
}

void ck_exp(const float *x, float *out, size_t n) { ck_current()->exp(x, out, n); }

void ck_rms_norm(const float *x, const float *weight, float *out, size_t n, float epsilon) {
  const float mean = ck_current()->sum_squares(x, n) / (float)n;
  const float inverse = 1 / sqrtf(mean + epsilon);
  for (size_t i = 0; i < n; i++) out[i] = x[i] * inverse * weight[i];
}

void ck_rope(float *x, size_t heads, size_t head_dim, const float *cosine, const float *sine) {
  const size_t half = head_dim / 2;
  for (size_t head = 0; head < heads; head++) {
    float *low = x + head * head_dim, *high = low + half;  // [half], [half]
    for (size_t i = 0; i < half; i++) {
      const float a = low[i], b = high[i];
      low[i] = a * cosine[i] - b * sine[i];
      high[i] = b * cosine[i] + a * sine[i];
    }
  }
}

void ck_swiglu(float *gate, const float *up, size_t n) { ck_current()->swiglu(gate, up, n); }

void ck_add(float *x, const float *y, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] += y[i];
}
