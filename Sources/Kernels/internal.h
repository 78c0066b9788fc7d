// What the files of this library share: the table of variants, products, numbers.
#pragma once

#include <math.h>
#include <string.h>

#include "CleaveKernels.h"
#include "formats.h"

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

/// CK_PANEL rows of a quantized matrix against quantized activations, as seen by one thread.
/// A panel's rows become the lanes of a register: the sums of a row stay in one lane, in rising
/// order of k, whatever the instruction set.
enum { CK_PANEL = 16 };
typedef struct ck_panel_product {
  ck_type type;
  const uint8_t *rows;  // [CK_PANEL] rows of blocks, row_bytes apart
  size_t row_bytes, k;
  const ck_activations *x;  // [columns, k / CK_BLOCK]
  size_t columns;
  float *y;  // [columns, CK_PANEL]
  uint8_t *scratch;  // ck_panel_scratch(k) bytes, aligned to 64
} ck_panel_product;

/// Integers, scales and offsets of an unpacked panel, and 16-bit scales on their way there.
static inline size_t ck_panel_scratch(size_t k) { return CK_PANEL * (k + k / 16 * 8 + k / 32 * 4); }

/// Rows (a query and a head each) that attend to the same key/value head.
enum { CK_ATTEND_ROWS = 4 };
typedef struct ck_attend {
  const ck_kv_cache *cache;
  size_t kv_head;
  size_t rows;                         // 1 or CK_ATTEND_ROWS
  const float *q[CK_ATTEND_ROWS];      // [head_dim], scaled
  size_t starts[CK_ATTEND_ROWS];       // the first position that each attends to, rising by row
  size_t positions[CK_ATTEND_ROWS];    // one after the last, rising by row
  float *out[CK_ATTEND_ROWS];          // [head_dim]
} ck_attend;

/// The two largest of the logits each lane has seen; index is UINT32_MAX while nothing above
/// -INFINITY came by.
typedef struct ck_scan {
  float best[CK_LANES], second[CK_LANES];  // [lane]
  uint32_t index[CK_LANES];                // [lane], of best
} ck_scan;

/// What an entropy is made of.
typedef struct ck_entropy_sums {
  float sum, weighted;
} ck_entropy_sums;

/// One variant. What is absent here is exact element by element and has a single version.
typedef struct ck_kernels {
  const char *name;
  const struct ck_quantizers *quantizers;  // quantize.h
  void (*dequantize)(ck_type type, const uint8_t *blocks, float *out, size_t elements);
  void (*multiply)(const ck_product *product);
  void (*multiply_panel)(const ck_panel_product *product);
  void (*quantize)(const float *x, size_t blocks, ck_activations *out);
  float (*sum_squares)(const float *x, size_t n);
  void (*swiglu)(float *gate, const float *up, size_t n);
  void (*geglu)(float *gate, const float *up, size_t n);
  void (*exp)(const float *x, float *out, size_t n);
  void (*attend)(const ck_attend *attend);
  /// float32 to float16, to nearest, ties to even.
  void (*narrow)(const float *x, uint16_t *out, size_t n);
  void (*scan)(const float *logits, size_t n, ck_scan *out);
  /// Sum of exp(logits[i] / temperature - max).
  float (*sum_exp)(const float *logits, size_t n, float temperature, float max);
  /// The same sum, and that of exp(x) * x, x being logits[i] / temperature - max; 0 where exp(x) is 0.
  ck_entropy_sums (*sum_entropy)(const float *logits, size_t n, float temperature, float max);
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
// 2 sqrt(2 / pi) and that times 0.044715, of the tanh form of GELU (Hendrycks & Gimpel 2016).
#define CK_GELU_LINEAR 0x1.988454p+0f
#define CK_GELU_CUBIC 0x1.2444f2p-4f
#define CK_EXP_ZERO_BELOW -87.4f
#define CK_EXP_INFINITE_ABOVE 88.8f

// How one block of activations is cut into integers.
typedef struct ck_step {
  float inverse, scale;
  int is_zero;  // all integers are 0, whatever the product says
} ck_step;

/// highest: the bits of the largest |x| of the block.
static inline ck_step ck_step_of(uint32_t highest) {
  float largest;
  memcpy(&largest, &highest, sizeof largest);
  if (highest >= 0x7f800000) return (ck_step){0, NAN, 1};
  // So small that 127 / largest could be infinite.
  if (largest < 1e-30f) return (ck_step){0, 0, 1};
  return (ck_step){127 / largest, largest / 127, 0};
}

static inline void ck_finish_activations(ck_activations *out, ck_step step, const int32_t *sums) {
  out->scale = step.scale;
  out->sums[0] = sums[0];
  out->sums[1] = sums[1];
  out->offset = step.scale * (float)(sums[0] + sums[1]);
}

/// Sums up logits[first ..< end], at most CK_LOGITS_PART.
void ck_summarize_part(const float *logits, size_t first, size_t end, float temperature,
                       ck_logits_part *out);
/// Sums up all parts of n logits. parts: one for each CK_LOGITS_PART logits or rest of them.
void ck_summarize_parts(const float *logits, size_t n, float temperature, ck_logits_part *parts);
/// Fills in sums of parts whose largest logits are known, at another temperature.
void ck_sum_parts(const float *logits, size_t n, float temperature, ck_logits_part *parts);
static inline size_t ck_parts_of(size_t n) { return (n + CK_LOGITS_PART - 1) / CK_LOGITS_PART; }
/// logits: [n], for the case that no part has a winner.
ck_logits_summary ck_merge_parts(const ck_logits_part *parts, size_t count, const float *logits,
                                 size_t n, float temperature);
