// The table of functions that exist once for each instruction set, and the choice among these tables.
// variants/ fills them in; every kernel calls through ck_current().
#pragma once

#include <stdint.h>

#include "CleaveActivations.h"
#include "CleaveFormats.h"

struct ck_attend;         // attention/attend.h
struct ck_convolve;       // recurrence/recurrence.h
struct ck_delta;          // recurrence/recurrence.h
struct ck_entropy_sums;   // logits/parts.h
struct ck_gradients;      // gradients/gradients.h
struct ck_panel_product;  // products/product.h
struct ck_product;        // products/product.h
struct ck_quantizers;     // quantizers/quantizers.h
struct ck_scan;           // logits/parts.h

/// One variant. Functions that are exact element by element need no variants and are not in here.
typedef struct ck_kernels {
  const char *name;
  const struct ck_quantizers *quantizers;
  const struct ck_gradients *gradients;
  void (*dequantize)(ck_type type, const uint8_t *blocks, float *out, size_t elements);
  /// A product of floats, and one of a panel of quantized rows with quantized activations.
  void (*multiply)(const struct ck_product *product);
  void (*multiply_panel)(const struct ck_panel_product *product);
  /// x: [blocks, CK_BLOCK]; out: [blocks]
  void (*quantize)(const float *x, size_t blocks, ck_activations *out);
  float (*sum_squares)(const float *x, size_t n);
  void (*swiglu)(float *gate, const float *up, size_t n);
  void (*geglu)(float *gate, const float *up, size_t n);
  void (*geglu_erf)(float *gate, const float *up, size_t n);
  void (*clamped_swiglu)(float *gate, const float *up, size_t n, float slope, float limit);
  void (*cap)(float *x, size_t n, float cap);
  void (*exp)(const float *x, float *out, size_t n);
  void (*attend)(const struct ck_attend *attend);
  void (*convolve)(const struct ck_convolve *convolve);
  void (*delta_rule)(const struct ck_delta *delta);
  /// float32 to float16, to the nearest, ties to even.
  void (*narrow)(const float *x, uint16_t *out, size_t n);
  /// The two largest logits of each lane.
  void (*scan)(const float *logits, size_t n, struct ck_scan *out);
  /// Sum of exp(logits[i] / temperature - max).
  float (*sum_exp)(const float *logits, size_t n, float temperature, float max);
  /// The same sum, and that of exp(x) * x, x being logits[i] / temperature - max; 0 where exp(x) is 0.
  struct ck_entropy_sums (*sum_entropy)(const float *logits, size_t n, float temperature, float max);
} ck_kernels;

/// A table of the static functions that the files of variants/ include, all by the same names.
#define CK_KERNELS(isa_name, quantizers_table, gradients_table)                         \
  {                                                                                     \
    .name = isa_name, .quantizers = quantizers_table, .gradients = gradients_table,     \
    .dequantize = dequantize, .multiply = multiply, .multiply_panel = multiply_panel,   \
    .quantize = quantize, .sum_squares = sum_squares, .swiglu = swiglu, .geglu = geglu, \
    .geglu_erf = geglu_erf, .clamped_swiglu = clamped_swiglu, .cap = cap_all,           \
    .exp = exp_all, .attend = attend, .convolve = convolve, .delta_rule = delta_rule,   \
    .narrow = narrow, .scan = scan,                                                     \
    .sum_exp = sum_exp, .sum_entropy = sum_entropy,                                     \
  }

extern const ck_kernels ck_scalar_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_kernels, ck_avx512_kernels;
#elif defined(__aarch64__)
extern const ck_kernels ck_neon_kernels;
#endif

/// The variant in use; the first call chooses the best.
const ck_kernels *ck_current(void);
