// The SIMD source for AVX-512 as Skylake-X and Zen 4 have it.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <math.h>

#include "internal.h"
#include "quantize.h"

#define WIDTH 16
#define TILE_COLUMNS 4

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), \
  apply_to = function)
#include "simd.inc.h"
#include "simd_multiply.inc.h"
#include "simd_vector.inc.h"
#include "simd_scan.inc.h"
#include "codecs.inc.h"
#include "codecs_k.inc.h"
#include "dequantize.inc.h"
#pragma clang attribute pop

const ck_kernels ck_avx512_kernels = {
  .name = "avx512", .quantizers = &ck_avx512_quantizers,
  .dequantize = dequantize, .multiply = multiply, .sum_squares = sum_squares,
  .swiglu = swiglu, .exp = exp_all, .softmax = softmax, .blend = blend, .scan = scan,
  .sum_exp = sum_exp,
};
#endif
