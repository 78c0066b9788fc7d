// What the files of this library share: the table of variants, products, numbers.
#pragma once

#include <string.h>

#include "CleaveKernels.h"

/// One matrix product with float32 weights, as seen by one thread.
/// w: [rows, k], ldw floats between rows; x: [columns, k]; y: [columns, rows].
typedef struct ck_product {
  const float *w;
  size_t ldw, rows;
  const float *x;
  size_t ldx, columns;
  size_t k;
  float *y;
  size_t ldy;
} ck_product;

/// The values a sweep of attention combines. values: [positions, head_dim], stride floats apart.
typedef struct ck_blend {
  const float *values;
  size_t stride, positions, head_dim;
} ck_blend;

/// The two largest of the logits each lane has seen; index is UINT32_MAX while nothing above
/// -INFINITY came by.
typedef struct ck_scan {
  float best[CK_LANES], second[CK_LANES];  // [lane]
  uint32_t index[CK_LANES];                // [lane], of best
} ck_scan;

/// One variant. What is absent here is exact element by element and has a single version.
typedef struct ck_kernels {
  const char *name;
  const struct ck_quantizers *quantizers;  // quantize.h
  void (*dequantize)(ck_type type, const uint8_t *blocks, float *out, size_t elements);
  void (*multiply)(const ck_product *product);
  float (*sum_squares)(const float *x, size_t n);
  void (*swiglu)(float *gate, const float *up, size_t n);
  void (*exp)(const float *x, float *out, size_t n);
  /// scores[i] = exp(scores[i] * scale - the largest of them); returns their sum.
  float (*softmax)(float *scores, size_t n, float scale);
  /// out[d] = (sum over j, rising, of weights[j] * values[j][d]) / divisor. out: [head_dim]
  void (*blend)(const ck_blend *blend, const float *weights, float divisor, float *out);
  void (*scan)(const float *logits, size_t n, float temperature, ck_scan *out);
  /// Sum of exp(logits[i] / temperature - max).
  float (*sum_exp)(const float *logits, size_t n, float temperature, float max);
} ck_kernels;

extern const ck_kernels ck_scalar_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_kernels, ck_avx512_kernels;
#elif defined(__aarch64__)
extern const ck_kernels ck_neon_kernels;
#endif

/// The variant in use, choosing the best on the first call.
const ck_kernels *ck_current(void);

// exp(x) = 2^n * e^r, n = round(x / ln 2), e^r = 1 + r + r^2 * P(r) with P fitted to the least
// relative error on |r| <= ln(2)/2. ln 2 is split so that n * CK_LN2_HIGH is exact, and adding
// CK_EXP_MAGIC = 1.5 * 2^23 rounds to an integer that can be read from the low bits: no
// conversion instruction, whose result out of range would differ between processors.
#define CK_LOG2_E 0x1.715476p+0f
#define CK_EXP_MAGIC 0x1.8p+23f
#define CK_LN2_HIGH 0x1.62e4p-1f
#define CK_LN2_LOW 0x1.7f7d1cp-20f
#define CK_EXP_P0 0x1p-1f
#define CK_EXP_P1 0x1.555554p-3f
#define CK_EXP_P2 0x1.55548cp-5f
#define CK_EXP_P3 0x1.111274p-7f
#define CK_EXP_P4 0x1.6d8e6ep-10f
#define CK_EXP_P5 0x1.9f0778p-13f
#define CK_EXP_ZERO_BELOW -87.4f
#define CK_EXP_INFINITE_ABOVE 88.8f
