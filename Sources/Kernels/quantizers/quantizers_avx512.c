// The quantizers for Skylake-X, Zen 4 and later.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <math.h>
#include <string.h>

#include "formats/formats.h"
#include "quantizers/quantizers.h"

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), \
  apply_to = function)
#include "quantizers/quantize.inc.h"
#pragma clang attribute pop

const ck_quantizers ck_avx512_quantizers = {.quantize = quantize, .choose = choose};
#endif
