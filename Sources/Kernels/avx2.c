// The SIMD source for AVX2: Haswell, Zen and later.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <immintrin.h>

#include "internal.h"
#include "quantize.h"

#define WIDTH 8
#define TILE_COLUMNS 3
#define BLEND_VECTORS 2

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "simd.inc.h"
#include "simd_multiply.inc.h"
#include "simd_vector.inc.h"
#include "simd_scan.inc.h"
#include "simd_attention.inc.h"
#include "codecs.inc.h"
#include "codecs_k.inc.h"
#include "dequantize.inc.h"
#include "panel_avx2.inc.h"
#include "simd_activations.inc.h"
#include "simd_panel.inc.h"
#include "simd_panel_multiply.inc.h"
#pragma clang attribute pop

const ck_kernels ck_avx2_kernels = {
  .name = "avx2", .quantizers = &ck_avx2_quantizers, .dequantize = dequantize, .multiply = multiply,
  .multiply_panel = multiply_panel, .quantize = quantize, .sum_squares = sum_squares,
  .swiglu = swiglu, .geglu = geglu, .exp = exp_all, .attend = attend, .narrow = narrow, .scan = scan,
  .sum_exp = sum_exp, .sum_entropy = sum_entropy,
};
#endif
