// The SIMD source for AVX-512 with VNNI: Cascade Lake, Zen 4 and later.
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

#define WIDTH 16
#define TILE_COLUMNS 4
#define BLEND_VECTORS 4

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), \
  apply_to = function)
#include "products/panel_bytes_avx512.inc.h"

#include "attention/attend_simd.inc.h"
#include "formats/decode.inc.h"
#include "logits/logits_simd.inc.h"
#include "products/activations_simd.inc.h"
#include "products/float_products_simd.inc.h"
#include "products/integer_products_simd.inc.h"
#include "recurrence/recurrence_simd.inc.h"
#include "vectors/vectors_simd.inc.h"
#pragma clang attribute pop

const ck_kernels ck_avx512_kernels =
  CK_KERNELS("avx512", &ck_avx512_quantizers, &ck_avx512_gradients);
#endif
