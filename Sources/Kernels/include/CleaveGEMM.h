// Matrix products of training, in bfloat16. Unlike other kernels they need not agree between
// instruction sets; the bits are the same for any number of threads.
#pragma once

#include <stddef.h>

#include "CleavePool.h"

#ifdef __cplusplus
extern "C" {
#endif

/// c = a b, or c += a b, row-major float32 in memory. a: [m, k], or [k, m] when a_transposed;
/// b: [k, n], or [n, k] when b_transposed; c: [m, n], overlapping neither. lda, ldb, ldc: floats
/// from one row to the next. Elements of a and b are rounded to bfloat16 (to the nearest, ties to
/// even) when they are packed; products are summed in float32.
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

/// Whether this processor multiplies bfloat16 (AVX512-BF16); without it ck_gemm_bf16 is correct but
/// slow.
int ck_has_bf16(void);
/// Computes the product. Subnormal numbers count as zero, as the instruction treats them; infinities
/// and NaN follow IEEE 754. Packed panels of b, at most 16 MiB (more only for k above 2^18), are kept
/// by the calling thread until it ends.
void ck_gemm_bf16(ck_pool *pool, const ck_gemm *gemm);
/// The same rounding, with each element's products summed in rising order of k in a double.
void ck_gemm_bf16_reference(ck_pool *pool, const ck_gemm *gemm);

#ifdef __cplusplus
}
#endif
