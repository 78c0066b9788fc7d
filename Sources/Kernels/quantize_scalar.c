// The quantizers for any processor: the source of all variants as the compiler finds it without
// asking for more than the platform always has.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "quantize.h"

#include "quantize_all.inc.h"

const ck_quantizers ck_scalar_quantizers = {.quantize = quantize, .choose = choose};
