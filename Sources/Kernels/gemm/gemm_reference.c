// The reference of ck_gemm_bf16, and its implementation where the instruction is missing.
#pragma STDC FP_CONTRACT OFF
#include <stdint.h>
#include <string.h>

#include "CleaveGEMM.h"
#include "pool/pool.h"

int ck_has_bf16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
    __builtin_cpu_supports("avx512bf16");
#else
  return 0;
#endif
}

// A float rounded to bfloat16.
static double rounded(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  const uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return x;           // NaN: rounding could carry it into infinity
  if (magnitude < 0x00800000) bits &= 0x80000000;  // subnormal
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static void reference_row(void *context, ck_worker *worker, size_t row) {
  (void)worker;
  const ck_gemm *g = context;
  const size_t a_step = g->a_transposed ? g->lda : 1, b_step = g->b_transposed ? 1 : g->ldb;
  const float *a = g->a + row * (g->a_transposed ? 1 : g->lda);
  for (size_t column = 0; column < g->n; column++) {
    const float *b = g->b + column * (g->b_transposed ? g->ldb : 1);
    float *c = &g->c[row * g->ldc + column];
    double sum = g->accumulate ? (double)*c : 0;
    for (size_t i = 0; i < g->k; i++) sum += rounded(a[i * a_step]) * rounded(b[i * b_step]);
    *c = (float)sum;
  }
}

void ck_gemm_bf16_reference(ck_pool *pool, const ck_gemm *gemm) {
  ck_gemm copy = *gemm;
  ck_pool_run(pool, reference_row, &copy, gemm->m);
}
