// The quantizers for any processor: the source of all variants, compiled without further instruction
// sets.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "quantizers/quantizers.h"
#include "quantizers/quantize.inc.h"

const ck_quantizers ck_scalar_quantizers = {.quantize = quantize, .choose = choose};
