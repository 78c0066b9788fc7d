// The table of gradient functions, one for each instruction set. See CleaveGradients.h.
#pragma once

#include "CleaveGradients.h"

/// One variant; members are named after the functions of CleaveGradients.h.
typedef struct ck_gradients {
  void (*norm_forward)(const float *, const float *, float, size_t, size_t, float *, float *);
  void (*norm_backward)(const float *, const float *, const float *, const float *, size_t, size_t,
                        float *, float *);
  void (*layer_norm_forward)(const float *, const float *, const float *, float, size_t, size_t,
                             float *, float *);
  void (*layer_norm_backward)(const float *, const float *, const float *, const float *, size_t,
                              size_t, float *, float *);
  void (*swiglu_forward)(const float *, const float *, size_t, float *);
  void (*swiglu_backward)(const float *, const float *, const float *, size_t, float *, float *);
  void (*geglu_forward)(const float *, const float *, size_t, float *);
  void (*geglu_backward)(const float *, const float *, const float *, size_t, float *, float *);
  void (*geglu_erf_forward)(const float *, const float *, size_t, float *);
  void (*geglu_erf_backward)(const float *, const float *, const float *, size_t, float *, float *);
  void (*clamped_swiglu_forward)(const float *, const float *, float, float, size_t, float *);
  void (*clamped_swiglu_backward)(const float *, const float *, const float *, float, float, size_t,
                                  float *, float *);
  void (*causal_softmax)(const ck_causal_tile *, float *, float *, size_t);
  void (*causal_softmax_again)(const ck_causal_tile *, float *, const float *, size_t);
  void (*causal_softmax_backward)(const ck_causal_tile *, const float *, float *, const float *,
                                  size_t);
  void (*row_dots)(const float *, const float *, size_t, size_t, size_t, float *, size_t);
  ck_distilled (*distill)(float *, size_t, size_t, float, const ck_target *);
  float (*smooth_l1)(const float *, const float *, size_t, float, float *);
  void (*tempered)(const float *, size_t, size_t, const float *, size_t, float *);
  void (*adamw_step)(const ck_adamw *, size_t, float *, float *, float *, float *);
  double (*sum_of_squares)(const float *, size_t);
  void (*accumulate)(const float *, size_t, float *);
} ck_gradients;

/// A table of the static functions of layers.inc.h and loss_and_optimizer.inc.h.
#define CK_GRADIENTS                                                                          \
  {                                                                                           \
    norm_forward, norm_backward, layer_norm_forward, layer_norm_backward, swiglu_forward,     \
      swiglu_backward, geglu_forward, geglu_backward, geglu_erf_forward, geglu_erf_backward,  \
      clamped_swiglu_forward, clamped_swiglu_backward, causal_softmax, causal_softmax_again,  \
      causal_softmax_backward,                                                                \
      row_dots, distill, smooth_l1, tempered, adamw_step, sum_of_squares, accumulate,         \
  }

extern const ck_gradients ck_scalar_gradients;
#if defined(__x86_64__)
extern const ck_gradients ck_avx2_gradients, ck_avx512_gradients;
#endif
