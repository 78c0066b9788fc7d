// The quantizers for 64-bit ARM.
#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#include <math.h>
#include <string.h>

#include "quantizers/quantizers.h"
#include "quantizers/quantize.inc.h"

const ck_quantizers ck_neon_quantizers = {.quantize = quantize, .choose = choose};
#endif
