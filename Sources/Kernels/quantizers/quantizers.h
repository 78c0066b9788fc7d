// The table of quantizers, one for each instruction set.
#pragma once

#include "CleaveQuantizers.h"

/// A run of weights of one row.
typedef struct ck_run {
  const float *w;           // [elements]
  const float *importance;  // [elements] or NULL
  size_t elements;          // a multiple of those of a block
} ck_run;

/// One variant.
typedef struct ck_quantizers {
  /// Quantizes a run of whole blocks; with a fault, `element` is the index in the run.
  ck_quantization (*quantize)(ck_type type, const ck_run *run, ck_effort effort, uint8_t *out);
  /// Chooses the grid of one block: the members that the block stores. grid->type must be set.
  ck_quantization (*choose)(const ck_run *block, ck_effort effort, ck_grid *grid);
} ck_quantizers;

extern const ck_quantizers ck_scalar_quantizers;
#if defined(__x86_64__)
extern const ck_quantizers ck_avx2_quantizers, ck_avx512_quantizers;
#elif defined(__aarch64__)
extern const ck_quantizers ck_neon_quantizers;
#endif
