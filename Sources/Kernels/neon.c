// The SIMD source for NEON, which every 64-bit ARM has.
#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#include <arm_neon.h>

#include "internal.h"
#include "quantize.h"

#define WIDTH 4
#define TILE_COLUMNS 4
#define BLEND_VECTORS 4

#include "simd.inc.h"
#include "simd_multiply.inc.h"
#include "simd_vector.inc.h"
#include "simd_scan.inc.h"
#include "simd_attention.inc.h"
#include "codecs.inc.h"
#include "codecs_k.inc.h"
#include "dequantize.inc.h"
#include "panel_neon.inc.h"
#include "simd_activations.inc.h"
#include "simd_panel.inc.h"
#include "simd_panel_multiply.inc.h"

const ck_kernels ck_neon_kernels = {
  .name = "neon", .quantizers = &ck_neon_quantizers, .dequantize = dequantize, .multiply = multiply,
  .multiply_panel = multiply_panel, .quantize = quantize, .sum_squares = sum_squares,
  .swiglu = swiglu, .geglu = geglu, .exp = exp_all, .attend = attend, .narrow = narrow, .scan = scan,
  .sum_exp = sum_exp, .sum_entropy = sum_entropy,
};
#endif
