// The SIMD source for AVX2: Haswell, Zen and later.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

// Headers with functions for any instruction set, before the target attribute.
#include "attention/attend.h"
#include "formats/bytes.h"
#include "formats/formats.h"
#include "gradients/gradients.h"
#include "isa/kernels.h"
#include "logits/parts.h"
#include "products/activation_step.h"
#include "products/product.h"
#include "quantizers/quantizers.h"
#include "recurrence/recurrence.h"

#define WIDTH 8
#define TILE_COLUMNS 3
#define BLEND_VECTORS 2

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "products/panel_bytes_avx2.inc.h"

#include "attention/attend_simd.inc.h"
#include "formats/decode.inc.h"
#include "logits/logits_simd.inc.h"
#include "products/activations_simd.inc.h"
#include "products/float_products_simd.inc.h"
#include "products/integer_products_simd.inc.h"
#include "recurrence/recurrence_simd.inc.h"
#include "vectors/vectors_simd.inc.h"
#pragma clang attribute pop

const ck_kernels ck_avx2_kernels =
  CK_KERNELS("avx2", &ck_avx2_quantizers, &ck_avx2_gradients);
#endif
