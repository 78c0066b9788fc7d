// The reference, which every other variant must reproduce bit for bit, in plain C for any
// processor. It is written to be read; where a processor has no fused multiply-add, libm's fmaf
// replaces it, slowly.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "formats/formats.h"
#include "gradients/gradients.h"
#include "isa/kernels.h"
#include "quantizers/quantizers.h"
#include "recurrence/recurrence.h"

#define CK_SCALAR

#include "attention/attend_scalar.inc.h"
#include "formats/decode.inc.h"
#include "logits/logits_scalar.inc.h"
#include "products/activations_scalar.inc.h"
#include "products/float_products_scalar.inc.h"
#include "products/integer_products_scalar.inc.h"
#include "recurrence/recurrence_scalar.inc.h"
#include "vectors/vectors_scalar.inc.h"

const ck_kernels ck_scalar_kernels =
  CK_KERNELS("scalar", &ck_scalar_quantizers, &ck_scalar_gradients);
