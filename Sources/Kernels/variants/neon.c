// The SIMD source for NEON, which every 64-bit ARM processor has.
#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#include <arm_neon.h>
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

#define WIDTH 4
#define TILE_COLUMNS 4
#define BLEND_VECTORS 4

#include "products/panel_bytes_neon.inc.h"

#include "attention/attend_simd.inc.h"
#include "formats/decode.inc.h"
#include "logits/logits_simd.inc.h"
#include "products/activations_simd.inc.h"
#include "products/float_products_simd.inc.h"
#include "products/integer_products_simd.inc.h"
#include "recurrence/recurrence_simd.inc.h"
#include "vectors/vectors_simd.inc.h"

const ck_kernels ck_neon_kernels =
  CK_KERNELS("neon", &ck_neon_quantizers, &ck_scalar_gradients);
#endif
