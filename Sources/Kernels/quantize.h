// Inside view of the quantizers: what every variant provides.
#pragma once

#include "CleaveQuantizers.h"

/// A run of weights of one row.
typedef struct ck_run {
  const float *w;           // [elements]
  const float *importance;  // [elements] or NULL
  size_t elements;          // a multiple of the block's
} ck_run;

/// One variant.
typedef struct ck_quantizers {
  /// Quantizes a run of whole blocks; on a fault `element` is the index in the run.
  ck_quantization (*quantize)(ck_type type, const ck_run *run, ck_effort effort, uint8_t *out);
  /// The stored members of the grid of one block; `type` is set already.
  ck_quantization (*choose)(const ck_run *block, ck_effort effort, ck_grid *grid);
} ck_quantizers;

extern const ck_quantizers ck_scalar_quantizers;
#if defined(__x86_64__)
extern const ck_quantizers ck_avx2_quantizers, ck_avx512_quantizers;
#elif defined(__aarch64__)
extern const ck_quantizers ck_neon_quantizers;
#endif
