// Kernels of training. Unlike those of CleaveKernels.h they need not agree between instruction
// sets: what they promise is the same bits for any number of threads.
#pragma once

#include "CleaveKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// c = a b, or c += a b. Row-major float32 in memory; a: [m, k], or [k, m] when a_transposed;
/// b: [k, n], or [n, k] when b_transposed; c: [m, n], overlapping neither. lda, ldb, ldc: floats
/// between rows. Elements of a and b are rounded to bfloat16 (to nearest, ties to even) on their
/// way into packed panels; products are summed in float32.
typedef struct ck_gemm {
  size_t m, n, k;
  const float *a;
  size_t lda;
  int a_transposed;
  const float *b;
  size_t ldb;
  int b_transposed;
  float *c;
  size_t ldc;
  int accumulate;
} ck_gemm;

/// Whether this processor multiplies bfloat16 (AVX512-BF16); without it ck_gemm_bf16 is right but
/// slow.
int ck_has_bf16(void);
/// Subnormal numbers count as zero, as the instruction has it; infinities and NaN go their usual way.
/// Packed panels of b, at most 16 MiB (more only for k above 2^18), stay with the calling thread
/// until it ends.
void ck_gemm_bf16(ck_pool *pool, const ck_gemm *gemm);
/// The same rounding, with each element's products summed in rising order of k in a double.
void ck_gemm_bf16_reference(ck_pool *pool, const ck_gemm *gemm);

#ifdef __cplusplus
}
#endif
