// The SIMD source for NEON, which every 64-bit ARM has.
#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#include <math.h>

#include "internal.h"
#include "quantize.h"

#define WIDTH 4
#define TILE_COLUMNS 4

#include "simd.inc.h"
#include "simd_multiply.inc.h"
#include "simd_vector.inc.h"
#include "simd_scan.inc.h"
#include "codecs.inc.h"
#include "codecs_k.inc.h"
#include "dequantize.inc.h"

const ck_kernels ck_neon_kernels = {
  .name = "neon", .quantizers = &ck_neon_quantizers,
  .dequantize = dequantize, .multiply = multiply, .sum_squares = sum_squares,
  .swiglu = swiglu, .exp = exp_all, .softmax = softmax, .blend = blend, .scan = scan,
  .sum_exp = sum_exp,
};
#endif
